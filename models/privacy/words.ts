// Personal data made of words: e-mail addresses, streets, and the names and ids that are known.
import { END, hasOpenLetter, OPEN_LETTER, SPACED, SPACED_LETTER, START } from '../text/boundary.ts';
import { wholeWords } from '../text/words.ts';
import type { KnownPeople, Span } from './kinds.ts';

/**
 * Matches an e-mail address from the @ on; what stands before it is read backwards by hand, which
 * keeps the time linear.
 */
const DOMAIN = new RegExp(
  '(?:@| ?[([{] ?(?:at|arroba|chiocciola|собака|klammeraffe) ?[)\\]}] ?)' +
    '(?:[\\p{L}\\p{N}-]{1,63}(?:\\.| ?[([{] ?(?:dot|punkt|punto|point|точка) ?[)\\]}] ?)){1,8}' +
    // What follows in another script does not belong to the address: example.com请回复.
    `(?:(?:${SPACED}|-){2,63}|${OPEN_LETTER}{2,63})`,
  'giu',
);
const LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;

export function emails(text: string): Span[] {
  const spans: Span[] = [];
  let before = 0;
  for (const { 0: run, index } of text.matchAll(DOMAIN)) {
    let from = index;
    // An address in a script with spaces ends where one without them begins: 邮箱是abc@example.com.
    const whole = hasOpenLetter(text[index - 1] ?? '');
    const belongs = (unit: string) => LOCAL.test(unit) && (whole || !hasOpenLetter(unit));
    while (from > before && belongs(text[from - 1]!)) from--;
    const to = index + run.length;
    if (from < index) spans.push({ from, to });
    before = to;
  }
  return spans;
}

/** Matches a word of a name. */
const WORD = "[\\p{L}\\p{M}'’.-]{1,30}";
/** Matches a word of a name with a capital. */
const CAPITAL = "\\p{Lu}[\\p{L}\\p{M}'’.-]{0,30}";
/** Matches the small words between those of a name. */
const SMALL =
  '(?:(?:de|del|della|dei|di|da|do|dos|das|la|las|le|les|los|el|du|des|van|von|der|den|of|the) ){0,2}';
const NAME = `${SMALL}(?:${CAPITAL}(?: ${SMALL}${CAPITAL}){0,3}|${WORD})`;
const ENGLISH =
  'street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|terrace|crescent|highway|hwy';

/**
 * Patterns of streets: some for texts in which case tells nothing, others in which a capital tells
 * a name from other words.
 */
const streets: readonly RegExp[] = [
  // 12 baker street
  [`${START}\\d{1,5}[a-z]?,? ${WORD} (?:${ENGLISH})${END}`, 'giu'],
  // 12b Old Mill Rd.
  [`${START}\\d{1,5}[A-Za-z]?,? (?:${CAPITAL} ){1,4}(?:${eitherCase(ENGLISH)})${END}`, 'gu'],
  // Hauptstraße 5, Lange Str. 12a, Keizersgracht 174
  [
    `${START}(?:${SPACED_LETTER}|[.-]){2,30}[ -]?(?:straße|strasse|str\\.|str|weg|platz|allee|gasse|damm|straat|laan|gracht|plein|gatan|vagen|gade|vej|gata|katu) ?\\d{1,4} ?[a-z]?${END}`,
    'giu',
  ],
  // 5 bis, rue de la Paix
  [
    `(?<!\\d)\\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|bd|allee|place|impasse|chemin|quai|route) ${NAME}`,
    'gu',
  ],
  // Calle de Alcalá 42, Rua Augusta, 100
  [
    `${START}(?:calle|avenida|avda\\.?|av\\.|plaza|paseo|carrer|viale|piazza|rua|travessa|praca|ulica|ul\\.|ulice) ${SMALL}${WORD}(?: ${WORD})?,? ?(?:n[º°.o]\\.? ?)?\\d{1,5}${END}`,
    'giu',
  ],
  [`${START}(?:[Vv]ia|[Cc]orso) ${SMALL}${CAPITAL}(?: ${CAPITAL}){0,2},? ?\\d{1,4}${END}`, 'gu'],
  // ул. Ленина, д. 5
  [
    `${START}(?:ул\\.?|улица|улице|проспект|пр\\.|пер\\.|вул\\.) ?${WORD}(?: ${WORD}){0,2},? ?(?:(?:д|дом)\\.? ?)?\\d{1,4}${END}`,
    'giu',
  ],
  // 南京路100号, 1丁目2-3, 〒100-0001
  ['[\\p{Script=Han}]{1,12}(?:路|街|巷|大道|弄) ?\\d{1,5} ?[号號]', 'gu'],
  [
    '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]{0,12}\\d{1,4} ?丁目 ?\\d{0,4}(?:番地?|-)?\\d{0,4}(?:号|-)?\\d{0,4}',
    'gu',
  ],
  ['〒 ?\\d{3}-?\\d{4}', 'gu'],
  // 테헤란로 152, شارع التحرير 15
  ['[\\p{Script=Hangul}]{1,10}(?:로|길) ?\\d{1,4}(?!\\d)', 'gu'],
  [`شارع(?: ${WORD}){1,3},? ?\\d{1,4}`, 'gu'],
].map(([source, flags]) => new RegExp(source!, flags));

function eitherCase(words: string): string {
  return words.replace(/(?<=^|\|)[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

export function addresses(text: string): Span[] {
  return streets.flatMap((pattern) => spansOf(text, pattern));
}

const UUID = /(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi;
const NAMED_ID = new RegExp(
  `(?:${START}(?:user|customer|member|account|nutzer|kunde|utilisateur|client|usuario|cliente|utente|пользователь)` +
    '|用户|用戶|账号|帳號|账户|帳戶|会员|會員|会員|ユー[ザサ]ー|アカウント|사용자|회원|계정)' +
    '[ _-]?(?:id|no|nr|номер|名|号|番号|編號|编号|아이디|번호)?(?:是|为|為|は|는|은)?' +
    '[ .:=#_-]{0,3}(?=[\\w-]{0,20}\\d)[\\w-]{1,64}',
  'giu',
);
/** Length of an id below which it is looked for only after a word for a user, such as 42. */
const SHORTEST_ID = 4;

export function ids(text: string, known: KnownPeople): Span[] {
  const own = (known.ids ?? []).filter((id) => id.length >= SHORTEST_ID);
  return [...spansOf(text, UUID), ...spansOf(text, NAMED_ID), ...occurrences(text, own)];
}

/** Fewest letters of a part of a name; in scripts without spaces one letter may be a whole name. */
const SHORTEST_NAME = 2;

export function names(text: string, known: KnownPeople): Span[] {
  const wanted = new Set<string>();
  for (const name of known.names ?? []) {
    const parts = name.split(/[\s,.]+/u).filter((part) => [...part].length >= SHORTEST_NAME);
    // Longest first: the whole name is one find, not two.
    for (const part of [parts.join(' '), ...parts]) if (part !== '') wanted.add(part);
  }
  return occurrences(text, [...wanted]);
}

/** Places where words occur as whole words, in any case. */
function occurrences(text: string, words: readonly string[]): Span[] {
  if (words.length === 0) return [];
  const sorted = [...words].sort((a, b) => b.length - a.length);
  const sources = sorted.map((word) => wholeWords(word));
  return spansOf(text, new RegExp(sources.join('|'), 'giu'));
}

function spansOf(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map(({ 0: run, index }) => ({
    from: index,
    to: index + run.length,
  }));
}
