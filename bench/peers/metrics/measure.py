"""The peers' side: measure.py CASES prints, as one JSON line, {figure: {peer, values: {case: value}}}.

README.md says what is compared. NaN is null in the cases and in the answer.
"""

import json
import math
import sys
import warnings
from importlib.metadata import version

import numpy as np
import pytrec_eval
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")

found = {}


def note(figure, peer, case, value):
    value = float(value)
    entry = found.setdefault(figure, {}).setdefault(peer, {})
    entry[case] = None if math.isnan(value) else value


def array(values):
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def ranked(scores):
    """What has no score is below everything that has one."""
    known = scores[~np.isnan(scores)]
    return np.where(np.isnan(scores), (known.min() if len(known) else 0) - 1, scores)


def clicks(case, scores, labels):
    p, y, score = scores, labels, ranked(scores)
    two = len(set(y)) == 2
    sk = "scikit-learn"
    note("AUC", sk, case, metrics.roc_auc_score(y, score) if two else math.nan)
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    holes = np.isnan(p).any()
    note("LogLoss", sk, case, math.nan if holes else metrics.log_loss(y, clipped, labels=[0, 1]))
    note("Brier", sk, case, math.nan if holes else metrics.brier_score_loss(y, p, pos_label=1))
    note("RMSE", sk, case, math.nan if holes else metrics.root_mean_squared_error(y, p))
    note("ECE", "own formula (NumPy)", case, math.nan if holes else ece(p, y))
    if not holes and len(set(p)) == len(p) and len(p) % 10 == 0:
        truth, said = calibration_curve(y, p, n_bins=10, strategy="quantile")
        note("ECE", sk, case, np.abs(truth - said).mean())
    areas, gains = [], []
    for i in range(0, len(p), 10):
        part, own = score[i : i + 10], y[i : i + 10]
        if len(set(own)) < 2:
            continue
        areas.append(metrics.roc_auc_score(own, part))
        gains.append(metrics.ndcg_score([own], [part], k=10))
    note("GAUC", sk, case, np.mean(areas) if areas else math.nan)
    note("NDCG@10 per impression", sk, case, np.mean(gains) if gains else math.nan)


def ece(p, y, bins=10):
    """Equal mass; equal p share a bin: the one of the first of them, which is open at their rank."""
    n = len(p)
    values, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
    smaller = np.concatenate([[0], np.cumsum(counts)[:-1]])
    at = (smaller * bins // n)[inverse]
    return sum(abs((p - y)[at == b].sum()) for b in range(bins)) / n


def lists(case, scores, gains):
    score = ranked(scores)
    sk = "scikit-learn"
    none = gains.max() == 0
    for figure, k, gain in (
        ("NDCG@10, linear gain", 10, gains),
        ("NDCG@10, gain 2^g − 1", 10, 2.0**gains - 1),
        ("NDCG@3, linear gain", 3, gains),
    ):
        note(figure, sk, case, math.nan if none else metrics.ndcg_score([gain], [score], k=k))
    target = int(np.argmax(gains))
    # Every rank that the target may have, one by one.
    better = int((score > score[target]).sum())
    ties = int((score == score[target]).sum())
    ranks = np.arange(better + 1, better + ties + 1)
    own = "own formula (NumPy)"
    within = ranks <= 10
    note("NDCG@10, one relevant", own, case, np.where(within, 1 / np.log2(1 + ranks), 0).mean())
    note("HR@10", own, case, within.mean())
    note("MRR", own, case, (1 / ranks).mean())
    if len(set(score)) < len(score) or none:
        return
    # trec_eval knows no ties; it is asked where there are none.
    trec = "pytrec_eval"
    run = {"q": {f"d{i}": float(s) for i, s in enumerate(score)}}
    graded = {"q": {f"d{i}": int(g) for i, g in enumerate(gains)}}
    single = {"q": {f"d{i}": int(i == target) for i in range(len(gains))}}
    judge = lambda truth, names: pytrec_eval.RelevanceEvaluator(truth, names).evaluate(run)["q"]
    cut = judge(graded, {"ndcg_cut.3,10"})
    note("NDCG@10, linear gain", trec, case, cut["ndcg_cut_10"])
    note("NDCG@3, linear gain", trec, case, cut["ndcg_cut_3"])
    one = judge(single, {"ndcg_cut.10", "recip_rank", "success.10"})
    note("NDCG@10, one relevant", trec, case, one["ndcg_cut_10"])
    note("HR@10", trec, case, one["success_10"])
    note("MRR", trec, case, one["recip_rank"])


class Words:
    """Words by white space alone: the cut is a matter of its own."""

    def tokenize(self, text):
        return text.split()


# How sacrebleu cuts a language whose words it knows; capitals and punctuation as ours.
def cut(language, text):
    import regex

    text = regex.sub(r"[^\p{L}\p{M}\p{N}]+", " ", text.lower())
    if language == "Chinese":
        return sacrebleu.BLEU(tokenize="zh").tokenizer(text)
    if language == "Japanese":
        return sacrebleu.BLEU(tokenize="char").tokenizer(text)
    return " ".join(text.split())


def texts(language, pairs):
    sides = [[cut(language, text) for text in side] for side in zip(*pairs)]
    candidates, references = sides
    bleu = sacrebleu.BLEU(tokenize="none", smooth_method="none", force=True)
    note("BLEU", "sacrebleu", language, bleu.corpus_score(candidates, [references]).score / 100)
    each = sacrebleu.BLEU(tokenize="none", smooth_method="add-k", smooth_value=1, force=True)
    scores = [each.sentence_score(c, [r]).score / 100 for c, r in zip(candidates, references)]
    note("BLEU sentence", "sacrebleu", language, np.mean(scores))
    rouge = RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=Words())
    scores = [rouge.score(r, c) for c, r in zip(candidates, references)]
    for figure, name in (("ROUGE-1", "rouge1"), ("ROUGE-2", "rouge2"), ("ROUGE-L", "rougeL")):
        note(figure, "rouge-score", language, np.mean([s[name].fmeasure for s in scores]))


def logs(case, w, r, q, v):
    n, own = len(w), "own formula (NumPy, SciPy)"
    z = stats.norm.ppf(0.975)
    kept = np.where(w <= 2, w, 0)
    plain = {
        "IPS": w * r,
        "IPS, clipped at 2": np.minimum(w, 2) * r,
        "DM": v,
        "DR": v + w * (r - q),
        "switch-DR(2)": v + kept * (r - q),
    }
    estimates = {name: (x.mean(), x.std(ddof=1) / np.sqrt(n)) for name, x in plain.items()}
    for name, direct, above in (("SNIPS", np.zeros(n), w * r), ("SNDR", v, w * (r - q))):
        ratio = above.sum() / w.sum()
        # Delta method: the error of a ratio of means by its linear part.
        linear = direct + (above - ratio * w) / w.mean()
        estimates[name] = (direct.mean() + ratio, linear.std(ddof=1) / np.sqrt(n))
    for name, (value, error) in estimates.items():
        note(name, own, case, value)
        note(f"{name}: standard error", own, case, error)
        note(f"{name}: 95 % from", own, case, value - z * error)
    note("effective sample size", own, case, w.sum() ** 2 / (w**2).sum())
    note("mean weight: error", "SciPy", case, stats.sem(w))
    note("overlap", own, case, np.minimum(1, w).mean())
    x, most = w * r, w.max()
    log = np.log(2 / 0.025)
    width = np.sqrt(2 * x.var(ddof=1) * log / n) + 7 * most * log / (3 * (n - 1))
    note("empirical Bernstein: 95 % to", own, case, min(most, x.mean() + width))


def served(case, items, propensities, targets, clicked):
    w, r = targets / propensities, clicked
    q = np.empty(len(r))
    for item in set(items):
        own = items == item
        q[own] = (r[own].sum() + 100 * r.mean()) / (own.sum() + 100)
    expected = (w * q).sum() / w.sum()
    for name, value in (
        ("IPS", (w * r).mean()),
        ("SNIPS", (w * r).sum() / w.sum()),
        ("DM", expected),
        ("DR", expected + (w * (r - q)).mean()),
        ("SNDR", expected + (w * (r - q)).sum() / w.sum()),
        ("reward-interaction IPS", (w * r).mean()),
        ("effective sample size", w.sum() ** 2 / (w**2).sum()),
    ):
        note(f"served: {name}", "own formula (NumPy)", case, value)


def samples(case, x):
    from fractions import Fraction

    exact = [Fraction(v) for v in x]
    centre = sum(exact) / len(exact)
    spread = sum((v - centre) ** 2 for v in exact) / (len(exact) - 1)
    own = "exact fractions"
    note("mean", own, case, centre)
    note("variance", own, case, spread)
    note("standard error", own, case, math.sqrt(spread / len(exact)))
    rest = math.fmod(x[0], 5)
    note("Φ", "SciPy", case, stats.norm.cdf(rest))
    note("Φ⁻¹", "SciPy", case, stats.norm.ppf(math.fmod(abs(x[0]), 0.5) + 0.25))
    note("Wasserstein-1", "SciPy", case, stats.wasserstein_distance(x, x * x))
    note("Kendall's τ", "SciPy", case, stats.kendalltau(x[:100], x[100:200]).statistic)
    counts = np.floor(100 * np.abs(np.fmod(x, 1)) + 0.5)
    gaps = np.abs(counts[:, None] - counts[None, :]).mean()
    note("Gini", "own formula (NumPy)", case, gaps / (2 * counts.mean()))


def main(path):
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    for name, one in cases["clicks"].items():
        clicks(name, array(one["scores"]), array(one["gains"]))
    for name, one in cases["lists"].items():
        lists(name, array(one["scores"]), array(one["gains"]))
    for name, pairs in cases["texts"].items():
        texts(name, pairs)
    for name, one in cases["logs"].items():
        logs(name, *(array(one[key]) for key in ("weights", "rewards", "predicted", "expected")))
    for name, one in cases["served"].items():
        parts = ("items", "propensities", "targets", "clicked")
        served(name, *(array(one[key]) for key in parts))
    for name, values in cases["samples"].items():
        samples(name, array(values))
    packages = ["scikit-learn", "scipy", "pytrec_eval-terrier", "sacrebleu", "rouge-score"]
    print(json.dumps({"versions": {name: version(name) for name in packages}, "figures": found}))


main(sys.argv[1])
