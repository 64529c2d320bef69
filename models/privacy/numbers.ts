// Numbers that stand for a person: cards, accounts, addresses in the network, telephones.
//
// Every quantifier is bounded or stands last, so a text of n characters takes time in proportion to n.
import { END, START } from '../text/boundary.ts';
import type { Span } from './kinds.ts';

const CARD = /(?<!\d)\d(?:[ -]?\d){12,18}/g;

/** Card numbers: 13 to 19 digits with a valid check digit (ISO/IEC 7812-1, annex B: Luhn). */
export function cards(text: string): Span[] {
  return found(text, CARD, (run) => {
    for (let length = run.length; length > 0; length--) {
      const digits = run.slice(0, length).replace(/[ -]/g, '');
      if (digits.length < 13) return 0;
      if (run[length - 1]! >= '0' && luhn(digits)) return length;
    }
    return 0;
  });
}

export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, twice = false; i >= 0; i--, twice = !twice) {
    const digit = Number(digits[i]) * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Length of an IBAN by country (SWIFT IBAN registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 ' +
    'LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 ' +
    'SM27 TN24 TR26 UA29 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN = /(?<![a-z0-9])[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,30}/gi;

/** IBANs, by country, length and check digits (ISO 13616: modulo 97 is 1). */
export function ibans(text: string): Span[] {
  return found(text, IBAN, (run) => {
    const wanted = IBAN_LENGTHS[run.slice(0, 2).toUpperCase()] ?? Number.POSITIVE_INFINITY;
    let letters = '';
    for (let i = 0; i < run.length; i++) {
      if (run[i] !== ' ' && run[i] !== '-') letters += run[i];
      if (letters.length === wanted) return mod97(letters) === 1 ? i + 1 : 0;
    }
    return 0;
  });
}

function mod97(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

const IP4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)/g;
const IP6 = /(?<![\w:])[0-9a-f:]{3,39}(?![\w:])/gi;

export function addressesOfHosts(text: string): Span[] {
  const four = found(text, IP4, (run) =>
    run.split('.').every((part) => Number(part) < 256) ? run.length : 0,
  );
  return [...four, ...found(text, IP6, (run) => (isIp6(run) ? run.length : 0))];
}

/** Whether a run is an IPv6 address (RFC 4291, section 2.2) without the mixed form. */
function isIp6(run: string): boolean {
  const halves = run.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => group.length >= 1 && group.length <= 4)) return false;
  return halves.length === 2 ? groups.length >= 1 && groups.length < 8 : groups.length === 8;
}

/** Matches digits with what people put between them; each match is then looked at. */
const DIALLED = /(?<![\w.,$€£¥])(?:\+ ?|00)?\(?\d(?:[ ().\-/]{0,3}\d){6,14}(?!\d)/g;
const BARE = /\d{9,}/g;
/** Matches a word for a telephone, then a number that might be anything else. */
const CUED = new RegExp(
  `(?:${START}(?:phone|mobile|mob|tel|telephone|telefon|telefono|téléphone|handy|handynummer|call|movil|celular|portable|telefone|cellulare|тел|телефон|телефона|позвоните)${END}` +
    '|電話|电话|手机|手機|携帯|전화|휴대폰|फोन|هاتف)' +
    '(?: ?(?:me|at|on|is|number|nr|no|unter|an|au|al|по|号码|號碼|番号|번호|是|为|は|는)){0,2}[ .:：№]{0,4}' +
    '(\\d(?:[ .\\-/]{0,2}\\d){5,14})',
  'giu',
);
/** Matches telephone numbers as 555-010-1234, (555) 010 1234, 555-0101. */
const AMERICAN = /^(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}$/;

export function phones(text: string): Span[] {
  const dialled = found(text, DIALLED, (run) => (isPhone(run) ? run.length : 0));
  const bare = found(text, BARE, (run) => run.length);
  const cued: Span[] = [];
  for (const match of text.matchAll(CUED)) {
    const to = match.index + match[0].length;
    cued.push({ from: to - match[1]!.length, to });
  }
  return [...dialled, ...bare, ...cued];
}

function isPhone(run: string): boolean {
  const digits = run.replace(/\D/g, '');
  if (/^\+|^00/.test(run)) return digits.length >= 8;
  // 2001-09-11 and 09/11/2001 are days.
  if (/^\d{4}([-/.])\d{2}\1\d{2}$|^\d{1,2}([-/.])\d{1,2}\2\d{4}$/.test(run)) return false;
  if (run.startsWith('0') || run.startsWith('(0')) return digits.length >= 8;
  return AMERICAN.test(run);
}

function found(text: string, pattern: RegExp, lengthOf: (run: string) => number): Span[] {
  const spans: Span[] = [];
  for (const { 0: run, index } of text.matchAll(pattern)) {
    const length = lengthOf(run);
    if (length > 0) spans.push({ from: index, to: index + length });
  }
  return spans;
}
