// The menu page: dishes from menu.js, a cart, and a sheet for a dish with its options.
'use strict';
const { sections, texts, icons } = MENU;
const $ = (selector) => document.querySelector(selector);
const icon = (name) => String.fromCodePoint(icons[name] ?? icons['silverware-fork-knife']);
const yuan = (minor) => `¥${(minor / 100).toFixed(2)}`;
const dishes = new Map(sections.flatMap((section) => section.dishes.map((dish) => [dish.id, dish])));
const cart = new Map(); // key of a dish with its options -> { dish, minor, count }
let open = null; // the dish in the sheet, what is chosen of it, and how many

function showMenu() {
  for (const element of document.querySelectorAll('[data-icon]')) element.textContent = icon(element.dataset.icon);
  $('#canteen').textContent = texts.canteen;
  $('#meal').textContent = texts.meal;
  $('#total-label').textContent = texts.total;
  for (const button of document.querySelectorAll('.checkout')) button.textContent = texts.checkout;
  $('#filters').innerHTML = texts.filters
    .map(([name, text]) => `<button><span class="icon">${icon(name)}</span>${text}</button>`).join('');
  $('nav').innerHTML = sections
    .map((s, i) => `<div class="${i ? '' : 'current'}"><span class="icon">${icon(s.icon)}</span>${s.title}</div>`).join('');
  $('#dishes').innerHTML = sections
    .map((s) => `<h2>${s.title}</h2><div class="cards">${s.dishes.map(card).join('')}</div>`).join('');
  showCart();
}

function card(dish) {
  const spice = dish.spice ? `<i>${icon(dish.spice)}</i>` : '';
  return `<div class="card" data-id="${dish.id}">
    <img src="food/small/${dish.art}.jpg" loading="lazy" decoding="async" width="288" height="216" alt="">
    <b>${dish.name}</b><span class="marks">${spice}${dish.marks.map(icon).join('')}</span>
    <span class="price">${yuan(dish.minor)}</span><button>${icon('plus')}</button></div>`;
}

function showCart() {
  const lines = [...cart.values()];
  const count = lines.reduce((sum, line) => sum + line.count, 0);
  const total = yuan(lines.reduce((sum, line) => sum + line.count * line.minor, 0));
  for (const element of document.querySelectorAll('.total')) element.textContent = count ? total : '';
  for (const element of document.querySelectorAll('.count')) {
    const empty = element.closest('.column') ? texts.order : texts.nothing;
    element.textContent = count ? texts.items.replace('{n}', count) : empty;
  }
  for (const button of document.querySelectorAll('.checkout')) button.disabled = !count;
  $('.column ul').innerHTML = lines
    .map((line) => `<li><b>${line.dish.name}</b><span>×${line.count}</span><b>${yuan(line.minor * line.count)}</b></li>`).join('');
}

function add(dish, choices, count) {
  const key = JSON.stringify([dish.id, choices]);
  const minor = dish.minor + choices.flat().reduce((sum, choice) => sum + choice.minor, 0);
  const line = cart.get(key) ?? { dish, minor, count: 0 };
  line.count += count;
  cart.set(key, line);
  showCart();
  const all = [...cart.values()].reduce((sum, other) => sum + (other.dish === dish ? other.count : 0), 0);
  const view = document.querySelector(`.card[data-id="${dish.id}"]`);
  const badge = view.querySelector('.badge') ?? view.appendChild(Object.assign(document.createElement('span'), { className: 'badge' }));
  badge.textContent = all;
}

const byDefault = (dish) => dish.groups.map((group) => group.choices.filter((choice) => choice.chosen));

function openSheet(dish) {
  open = { dish, choices: byDefault(dish), count: 1 };
  $('.picture img').src = `food/large/${dish.art}.jpg`;
  $('#name').textContent = dish.name;
  $('#description').textContent = dish.description;
  $('#facts').innerHTML = dish.facts.map((fact) => `<li>${fact}</li>`).join('');
  $('#nutrition').innerHTML = dish.nutrition.map(([name, value]) => `<div><b>${value}</b><small>${name}</small></div>`).join('');
  showChoices();
  $('.details').scrollTop = 0;
  $('#scrim').hidden = false;
}

function showChoices() {
  const { dish, choices, count } = open;
  const minor = dish.minor + choices.flat().reduce((sum, choice) => sum + choice.minor, 0);
  $('#options').innerHTML = dish.groups.map((group, g) => `<h3>${group.name}</h3>${group.choices
    .map((choice, c) => `<button class="${choices[g].includes(choice) ? 'chosen' : ''}" data-group="${g}" data-choice="${c}">${choice.name}</button>`)
    .join('')}`).join('');
  $('#price').textContent = yuan(minor);
  $('#quantity').textContent = count;
  $('#add').textContent = texts.add.replace('{amount}', yuan(minor * count));
}

function choose(g, c) {
  const group = open.dish.groups[g];
  const choice = group.choices[c];
  const chosen = open.choices[g];
  if (group.max === 1) open.choices[g] = [choice];
  else if (chosen.includes(choice)) open.choices[g] = chosen.filter((other) => other !== choice);
  else if (chosen.length < group.max) chosen.push(choice);
  showChoices();
}

$('#dishes').addEventListener('click', (event) => {
  const view = event.target.closest('.card');
  if (!view) return;
  const dish = dishes.get(view.dataset.id);
  if (event.target.tagName === 'BUTTON') add(dish, byDefault(dish), 1);
  else openSheet(dish);
});
function followReading() {
  // The last title that has passed the top names the category.
  const titles = [...document.querySelectorAll('#dishes h2')];
  const passed = titles.map(() => false);
  const observer = new IntersectionObserver((entries) => {
    for (const { target, rootBounds, boundingClientRect } of entries) {
      passed[titles.indexOf(target)] = boundingClientRect.top <= rootBounds.bottom;
    }
    const current = Math.max(0, passed.lastIndexOf(true));
    [...$('nav').children].forEach((entry, i) => entry.classList.toggle('current', i === current));
  }, { root: $('#dishes'), rootMargin: '0px 0px -95% 0px' });
  titles.forEach((title) => observer.observe(title));
}

$('nav').addEventListener('click', (event) => {
  const number = [...$('nav').children].indexOf(event.target.closest('nav div'));
  if (number >= 0) document.querySelectorAll('#dishes h2')[number].scrollIntoView();
});
$('#options').addEventListener('click', ({ target }) => {
  if (target.dataset.group) choose(Number(target.dataset.group), Number(target.dataset.choice));
});
$('.adding').addEventListener('click', ({ target }) => {
  if (target.dataset.step) {
    open.count = Math.max(1, open.count + Number(target.dataset.step));
    showChoices();
  } else if (target.id === 'add') {
    add(open.dish, open.choices, open.count);
    $('#scrim').hidden = true;
  }
});
$('#scrim').addEventListener('click', ({ target }) => {
  if (target.id === 'scrim' || target.classList.contains('close')) $('#scrim').hidden = true;
});
showMenu();
followReading();
