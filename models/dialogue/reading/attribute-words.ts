// Words for groups of a catalogue of films, in several languages. A group of any catalogue is also found by
// its own name; these are what people say instead.

/** By group: words of English, Spanish, French, German, Italian and Portuguese, then of others. */
const words: Readonly<Record<string, string>> = {
  Action: 'action, action packed, acción, acao, ação, azione, actionfilm, 动作, アクション, боевик',
  Adventure:
    'adventure, adventures, adventurous, aventura, aventuras, aventure, abenteuer, avventura, 冒险, 冒険',
  Animation:
    'animation, animated, cartoon, cartoons, anime, animación, animazione, dessin animé, zeichentrick, 动画, アニメ',
  Children:
    'children, kids, kid, family, family friendly, para niños, pour enfants, kinder, kinderfilm, famille, 儿童',
  Comedy:
    'comedy, comedies, comedic, funny, hilarious, laugh, comedia, comedias, comédie, comédies, komödie, komödien, commedia, comédia, lustig, 喜剧, コメディ, комедия',
  Crime: 'crime, gangster, gangsters, mafia, heist, crimen, policier, krimi, crimine, 犯罪',
  Documentary: 'documentary, documentaries, documental, documentaire, dokumentarfilm, doku, 纪录片',
  Drama: 'drama, dramas, dramatic, drame, dramma, 剧情, ドラマ, драма',
  Fantasy: 'fantasy, magic, magical, fantasía, fantastique, fantasia, 奇幻',
  'Film-Noir': 'film noir, noir',
  Horror:
    'horror, horrors, scary, creepy, slasher, zombie, zombies, terror, miedo, horreur, épouvante, gruselig, horrorfilm, horrorfilme, orrore, 恐怖, ホラー, ужасы, ужастик',
  Musical: 'musical, musicals, comédie musicale, 音乐剧',
  Mystery: 'mystery, mysteries, whodunit, misterio, mystère, detective, 悬疑',
  Romance:
    'romance, romances, romantic, love story, rom com, romcom, romántica, romántico, romantique, romantik, romantisch, romantico, 爱情, ロマンス, романтика',
  'Sci-Fi':
    'sci fi, scifi, science fiction, sci-fi, space, aliens, ciencia ficción, fantascienza, ficção científica, 科幻, фантастика',
  Thriller: 'thriller, thrillers, suspense, suspenseful, suspenso, 惊悚, триллер',
  War: 'war, war movie, guerra, guerre, krieg, kriegsfilm, 战争, война',
  Western: 'western, westerns, cowboy, cowboys, wild west, 西部',
  '1920s': "1920s, 1920's, twenties",
  '1930s': "1930s, 1930's, 30s, 30's, thirties",
  '1940s': "1940s, 1940's, 40s, 40's, forties",
  '1950s': "1950s, 1950's, 50s, 50's, fifties",
  '1960s': "1960s, 1960's, 60s, 60's, sixties",
  '1970s': "1970s, 1970's, 70s, 70's, seventies",
  '1980s': "1980s, 1980's, 80s, 80's, eighties",
  '1990s': "1990s, 1990's, 90s, 90's, nineties",
};

/** Words of one group after the other, as they are said. */
export const attributeWords: readonly (readonly [group: string, word: string])[] = Object.entries(
  words,
).flatMap(([group, list]) => list.split(', ').map((word) => [group, word] as const));
