// Personal data leaves a text, whatever the language; ordinary text stays as it is.
import { describe, expect, it } from '@jest/globals';
import { type Counts, kinds } from '../../models/privacy/kinds.ts';
import { mask } from '../../models/privacy/mask.ts';
import { luhn } from '../../models/privacy/numbers.ts';
import { Random } from '../../models/random.ts';

const known = {
  names: ['José Álvarez-Núñez', 'Li Wei', '王小明', 'Anna O’Neill'],
  ids: ['u-70413'],
};

/** Text, what stands there afterwards, and how many of what. */
const cases: readonly [text: string, masked: string, counts: Counts][] = [
  ['write to ana.b+films@mail.example.co.uk!', 'write to [email]!', { email: 1 }],
  ['Schreib an jörg.müller@bücher.example.', 'Schreib an [email].', { email: 1 }],
  [
    'ana [at] example [dot] com or ana (arroba) ejemplo (punto) es',
    '[email] or [email]',
    { email: 2 },
  ],
  ['почта: иван@пример.рф', 'почта: [email]', { email: 1 }],
  ['jo\u200bhn@exa\u00admple.com', '[email]', { email: 1 }],
  ['ａｎａ＠example.com', '[email]', { email: 1 }],
  ['call +44 20 7946 0958 now', 'call [phone] now', { phone: 1 }],
  ['(555) 010-1234 or 555.010.1234', '[phone] or [phone]', { phone: 2 }],
  ['mein Handy 0171 / 123 45 67', 'mein Handy [phone]', { phone: 1 }],
  ['appelle le 06 12 34 56 78', 'appelle le [phone]', { phone: 1 }],
  ['手机13812345678', '手机[phone]', { phone: 1 }],
  ['телефон: 8 495 123-45-67', 'телефон: [phone]', { phone: 1 }],
  ['هاتف ٠١٢٣٤٥٦٧٨٩', 'هاتف [phone]', { phone: 1 }],
  ['tel 555-0101', 'tel [phone]', { phone: 1 }],
  ['card 4111 1111 1111 1111, exp', 'card [card], exp', { card: 1 }],
  ['5500-0055-5555-5559', '[card]', { card: 1 }],
  ['378282246310005', '[card]', { card: 1 }],
  ['IBAN DE89 3704 0044 0532 0130 00 bitte', 'IBAN [iban] bitte', { iban: 1 }],
  ['gb29nwbk60161331926819', '[iban]', { iban: 1 }],
  ['from 192.168.0.254, and 2001:db8::8a2e:370:7334', 'from [ip], and [ip]', { ip: 2 }],
  ['I live at 221b Baker Street, London', 'I live at [address], London', { address: 1 }],
  ['wohne in der Schönhauser Allee 36a', 'wohne in der [address]', { address: 1 }],
  ['Hauptstraße 5', '[address]', { address: 1 }],
  ['Keizersgracht 174 in Amsterdam', '[address] in Amsterdam', { address: 1 }],
  ['12 bis, rue de la Paix', '[address]', { address: 1 }],
  ['vivo en Calle de Alcalá 42', 'vivo en [address]', { address: 1 }],
  ['Via Garibaldi, 7', '[address]', { address: 1 }],
  ['Rua Augusta 1500', '[address]', { address: 1 }],
  ['ул. Ленина, д. 5', '[address]', { address: 1 }],
  ['住在南京路100号', '[address]', { address: 1 }],
  ['渋谷1丁目2-3', '[address]', { address: 1 }],
  ['테헤란로 152', '[address]', { address: 1 }],
  ['user 42 and u-70413 and User_id=9981', '[id] and [id] and [id]', { id: 3 }],
  ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', '[id]', { id: 1 }],
  ['JOSE ALVAREZ-NUNEZ said, and Álvarez-Núñez', '[name] said, and [name]', { name: 2 }],
  ['Anna liked it, Annabelle did not', '[name] liked it, Annabelle did not', { name: 1 }],
  ['王小明喜欢看电影', '[name]喜欢看电影', { name: 1 }],
  // Beside a script without spaces, any place between two letters may be a boundary.
  ['我叫Anna请推荐电影', '我叫[name]请推荐电影', { name: 1 }],
  ['联系Li Wei吧', '联系[name]吧', { name: 1 }],
  ['アンナAnnaさん', 'アンナ[name]さん', { name: 1 }],
  ['내 이름은Anna입니다', '내 이름은[name]입니다', { name: 1 }],
  ['ผมชื่อAnnaครับ', 'ผมชื่อ[name]ครับ', { name: 1 }],
  ['账号是u-70413的用户', '[id]的用户', { id: 1 }],
  ['我是u-70413谢谢', '我是[id]谢谢', { id: 1 }],
  ['我的用户id 12345', '我的[id]', { id: 1 }],
  ['ユーザー番号は12345です', '[id]です', { id: 1 }],
  ['邮箱是ana.b@example.com请回复', '邮箱是[email]请回复', { email: 1 }],
  ['メールはtaro@example.jpです', 'メールは[email]です', { email: 1 }],
  ['信箱：王小明@例子.公司', '信箱：[email]', { email: 1 }],
  ['我的phone 12345678谢谢', '我的phone [phone]谢谢', { phone: 1 }],
  ['手机号码是138-1234-5678谢谢', '手机号码是[phone]谢谢', { phone: 1 }],
  ['我住12 Baker Street谢谢', '我住[address]谢谢', { address: 1 }],
  ['我住Hauptstraße 5谢谢', '我住[address]谢谢', { address: 1 }],
];

/** What looks a little like personal data and is not. */
const ordinary = [
  'Apollo 13 (1995), 2001: A Space Odyssey (1968), 8½ (1963)',
  'Call Northside 777 (1948)',
  'from 1939 to 1945, 12:30:45, 2001-09-11, 09/11/2001',
  'rated 4.5 of 5 by 1,234,567 people; $1,000,000.00',
  'I saw 3 films and 2 series via Netflix',
  'a movie called @134239',
  'tt0114709, std::vector, 4111 1111 1111 1112',
  'The Way, Way Back; Two for the Road; Elm Street',
  'ul 5 or 6; at 10 am; see me at the club',
  '',
];

describe('mask', () => {
  it.each(cases)('%j', (text, masked, counts) => {
    expect(mask(text, known)).toEqual({ text: masked, counts });
  });

  it.each(ordinary)('leaves %j as it is', (text) => {
    expect(mask(text, known)).toEqual({ text, counts: {} });
  });

  it('looks for the kinds asked for only', () => {
    const text = '21 Jump Street, ana@example.com';
    expect(mask(text, {}, ['email']).text).toBe('21 Jump Street, [email]');
  });

  it('is not led astray by people called like a kind', () => {
    const once = mask('Mail Email at a@example.com', { names: ['Email'] });
    expect(once.text).toBe('Mail [name] at [email]');
    expect(mask(once.text, { names: ['Email'] })).toEqual({ text: once.text, counts: {} });
  });

  it('changes nothing of what is masked, also where finds touch or overlap', () => {
    const random = new Random(7);
    const glue = ['', ' ', ', ', '-', '.', '/', '(', '+', '\u200b', '\n', '7', 'x', '@'];
    const pick = <T>(from: readonly T[]) => from[random.below(from.length)]!;
    for (let round = 0; round < 500; round++) {
      let text = '';
      for (let i = 0; i < 6; i++)
        text += pick([...cases.map(([raw]) => raw), ...ordinary]) + pick(glue);
      const once = mask(text, known).text;
      expect(mask(once, known)).toEqual({ text: once, counts: {} });
    }
  });

  it('takes hostile text in its stride', () => {
    const n = 100_000;
    const bits = [
      'a',
      '1',
      ' ',
      '@',
      '.',
      '-',
      ':',
      '1 ',
      'a.',
      'a@',
      '(',
      '+',
      '1.',
      'DE',
      'a ',
      '1-',
    ];
    const more = [
      'user ',
      'straße ',
      'call ',
      '王',
      'rue ',
      '12 Aa ',
      'é',
      '\u200b',
      '0x',
      '[email]',
      '丁目',
      '1路',
      'ул. ',
    ];
    for (const bit of [...bits, ...more]) {
      const text = bit.repeat(n / bit.length);
      // A pattern that goes back over what it has read would not come to an end here.
      expect(mask(text, known).text.length).toBeLessThanOrEqual(text.length);
    }
  });
});

it('luhn: ISO/IEC 7812-1 annex B, by its own example', () => {
  expect(luhn('4992739871' + '6')).toBe(true);
  expect(luhn('49927398717')).toBe(false);
});

it('has a finder for every kind', () => {
  const seen = new Set(cases.flatMap(([, , counts]) => Object.keys(counts)));
  expect([...seen].sort()).toEqual([...kinds].sort());
});
