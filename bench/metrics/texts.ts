// Pairs of texts, candidate and reference, by language.

type Pairs = readonly (readonly [candidate: string, reference: string])[];

export const texts: Readonly<Record<string, Pairs>> = {
  English: [
    ['this film is very good and the cast is great', 'this film is so good, and the cast is great'],
    ['the the the the the the the', 'the cat is on the mat'],
    [
      'It is a guide to action which ensures that the military obeys',
      'It is a guide to action that ensures the military will heed',
    ],
    ['A warm, funny story - 5 stars!', 'A funny and warm story: 5 stars'],
    ['nothing in common here', 'quite other words stand there'],
    ['short', 'a much longer reference than the candidate has'],
  ],
  'equal texts': [
    ['the same words stand in both of them', 'the same words stand in both of them'],
    ['and here as well, to the last one', 'and here as well, to the last one'],
  ],
  German: [
    [
      'Der Film über die Größe des Weltalls ist schön',
      'Der Film über die Weite des Weltalls ist schön',
    ],
    ['Süße Geschichte für Kinder', 'Eine süße Geschichte für alle Kinder'],
  ],
  Chinese: [
    ['这部电影非常好看值得推荐', '这部电影非常好看值得一看'],
    ['我喜欢喜剧片。', '我喜欢看喜剧！'],
    ['因为你喜欢霸王别姬，这部剧情片很适合你', '这部剧情片很适合喜欢霸王别姬的你'],
  ],
  Japanese: [
    ['この映画はとても面白い', 'この映画はすごく面白い'],
    ['アクションが好きな人におすすめ', 'アクション映画が好きな人におすすめです'],
  ],
  Hindi: [
    ['पूर्व प्रधानमन्त्री को हत्या का दोषी पाया गया', 'पूर्व प्रधानमन्त्री की हत्या का दोषी पाया गया'],
    ['यह फिल्म बहुत अच्छी है', 'यह फिल्म काफी अच्छी है'],
  ],
  Korean: [['영화가 정말 재미있고 배우들이 좋다', '영화가 아주 재미있고 배우들이 좋다']],
};
