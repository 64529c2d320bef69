// What names and values of fields tell: words of shops, in English, German, French and Spanish.

export type Meaning =
  | 'user'
  | 'item'
  | 'time'
  | 'value'
  | 'title'
  | 'group'
  | 'event'
  | 'id'
  | 'impression'
  | 'text';

const words: Readonly<Record<Meaning, string>> = {
  user: 'user userid uid customer cust client visitor member account buyer shopper who person subscriber profile consumer viewer reader listener kunde nutzer besucher utilisateur usuario cliente reviewer',
  item: 'item itemid product prod sku article artikel asin movie film video song track content book listing offer good goods pid isbn ean gtin produkt ware produit articulo producto parent_asin news',
  time: 'time timestamp ts date datetime created at when occurred happened unix zeit zeitpunkt datum fecha heure moment clock since day purchased viewed',
  value:
    'price amount value revenue paid rating stars score cost preis betrag umsatz prix precio watch_ratio',
  title: 'title name label headline caption titel nom titulo bezeichnung product_name item_name',
  group:
    'category categories cat genre genres brand dept department tag tags group section topic class kategorie marke gattung rubrik categoria collection',
  event:
    'event type action what verb behavior behaviour kind activity op aktion ereignis interaction event_name event_type',
  id: 'event_id message_id messageid uuid guid order_id orderid transaction_id bestellung insert_id',
  impression: 'impression impression_id recommendation recommendation_id slate slate_id reco_id',
  text: 'description text summary abstract beschreibung body overview details',
};

const dictionary = Object.fromEntries(
  Object.entries(words).map(([meaning, text]) => [meaning, new Set(text.split(' '))]),
) as unknown as Record<Meaning, ReadonlySet<string>>;

/** The words of the last name in a path: `properties.productId` has `product` and `id`. */
export function wordsOf(path: string): string[] {
  const last = path.replace(/\[\]$/, '').split(/[.\]]/).filter(Boolean).at(-1) ?? '';
  return last
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean);
}

/** How well a name fits a meaning, 0 to 1, and the word that does. */
export function fitOf(path: string, meaning: Meaning): { fit: number; word: string } {
  const all = wordsOf(path);
  const whole = all.join('_');
  if (dictionary[meaning].has(whole)) return { fit: 1, word: whole };
  const word = all.find(
    (one) => dictionary[meaning].has(one) || dictionary[meaning].has(singular(one)),
  );
  if (word === undefined) return { fit: 0, word: '' };
  // `product_id` is nearer to the item than `product_name`, which is a title.
  const others = all.filter((one) => one !== word);
  const isId = others.every((one) =>
    ['id', 'key', 'no', 'nr', 'number', 'code', 'at', 'ref'].includes(one),
  );
  return { fit: isId ? 0.9 : 0.5, word };
}

const singular = (word: string) => word.replace(/s$/, '');

/** What a user may do, by how words of an event's name begin; checked in this order. */
const verbs: readonly (readonly [kind: string, words: string])[] = [
  ['ignored', 'remov refund cancel delet return log_?(?:in|out) sign unlike error ping'],
  [
    'list',
    'impression (?:list|search|results?|slate|recommendations?)_?(?:view|shown|seen|displayed|filtered|served) view_item_list shown served display exposure',
  ],
  [
    'buy',
    'buy(?!er) bought purchas order transaction paid payment checkout_?complete sale sold kauf gekauft bestell achat compra',
  ],
  ['cart', 'cart basket bag add_?to_?(?:cart|bag|basket) warenkorb panier carrito'],
  ['favourite', 'fav wish save bookmark merk'],
  ['rating', 'rating rated review stars?(?![a-z])'],
  ['like', 'liked?(?![a-z]) likes thumb upvote heart'],
  ['watch', 'watch(?!er) play(?!er|list) listen(?!er) stream consum'],
  ['click', 'click select tap open clk'],
  [
    'view',
    'view(?!er) seen see(?![a-z]) visit(?!or) look pv detail gesehen angesehen ansicht browse vue visto read(?![a-z]) page_?view',
  ],
];

const patterns = verbs.map(
  ([kind, words]) => [kind, new RegExp(`(?:^|_)(?:${words.split(' ').join('|')})`)] as const,
);

/** What an event's name says that happened; undefined if no word of it is known. */
export function verbOf(name: string): string | undefined {
  const plain = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s.:-]+/g, '_');
  return patterns.find(([, pattern]) => pattern.test(plain))?.[0];
}
