// The page of the shop: lists what is recommended, sends what is clicked and bought, and lists anew.
const list = document.getElementById('slate');
const status = document.getElementById('status');

let user = localStorage.getItem('user') ?? newUser();

function newUser() {
  const name = `guest-${crypto.randomUUID().slice(0, 8)}`;
  localStorage.setItem('user', name);
  return name;
}

async function show(said) {
  document.getElementById('user').textContent = user;
  const answer = await fetch(`/api/slate?user=${encodeURIComponent(user)}`);
  const body = await answer.json();
  if (!answer.ok) {
    status.textContent = body.message;
    return;
  }
  const { impressionId, products } = body;
  list.replaceChildren(...products.map((product) => cardOf(product, impressionId)));
  list.dataset.impression = impressionId;
  status.textContent = said;
}

function cardOf({ id, title, group, price, hue }, impressionId) {
  const card = document.createElement('li');
  card.dataset.item = id;
  const picture = document.createElement('div');
  picture.className = 'picture';
  picture.style.setProperty('--hue', hue);
  picture.textContent = title[0];
  picture.ariaHidden = 'true';
  const name = document.createElement('h3');
  name.textContent = title;
  const about = document.createElement('p');
  about.textContent = `${group} · ${price} €`;
  const act = (kind, label, said) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = kind;
    button.textContent = label;
    button.onclick = () => tell({ impressionId, itemId: id, kind }, said);
    return button;
  };
  const buttons = document.createElement('div');
  buttons.className = 'buttons';
  buttons.append(
    act('click', 'Look', `You looked at ${title}.`),
    act('buy', 'Buy', `You bought ${title}.`),
  );
  card.append(picture, name, about, buttons);
  return card;
}

/** Sends feedback under an id of its own, so that it counts once if it is sent again; then lists anew. */
async function tell(feedback, said) {
  status.textContent = 'One moment …';
  const body = JSON.stringify({ id: crypto.randomUUID(), userId: user, ...feedback });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/api/feedback', { method: 'POST', headers, body });
  if (answer.ok) await show(said);
  else status.textContent = (await answer.json()).message;
}

document.getElementById('other').onclick = () => {
  user = newUser();
  void show('A new face.');
};

await show('Picked for you.');
