// Comfort only: every page does the same without this file. Event names are those of htmx 2 and 4.

const on = (names, act) => names.forEach((name) => document.addEventListener(name, act));
const whole = new Intl.NumberFormat(document.documentElement.lang);

// --- what the server must know, what the reader must hear ---

function sign(event) {
  const token = document.querySelector('meta[name=csrf-token]');
  const headers = event.detail.headers ?? event.detail.ctx?.request.headers;
  if (token && headers) headers['X-CSRFToken'] = token.content;
}

// The element that asked, even when the answer has since replaced it.
function sender(event) {
  return event.detail.requestConfig?.elt ?? event.detail.elt ?? event.detail.ctx?.sourceElement;
}

function announce(text) {
  const region = document.getElementById('statut');
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 100);
}

// An element takes the focus once; what was swapped in earlier never takes it back. The browser itself sees to [autofocus].
function settle({ focus = true, aloud = true } = {}) {
  const wanted = document.querySelector('[data-focus]');
  document.querySelectorAll('[data-focus]').forEach((element) => element.removeAttribute('data-focus'));
  if (focus) wanted?.focus();
  const news = [...document.querySelectorAll('[data-announce]')].map((element) => {
    const text = element.dataset.announce || element.textContent.trim();
    element.removeAttribute('data-announce');
    return text;
  });
  if (aloud && news.length) announce(news.join(' '));
  document.querySelectorAll('[data-counter]').forEach(count);
}

function breakdown(event) {
  if (sender(event)?.dataset.autosaves) return;
  document.getElementById('messages').replaceChildren(document.getElementById('panne').content.cloneNode(true));
  settle();
}

// --- signs left in a text ---

function count(counter) {
  const field = document.getElementById(counter.dataset.counter);
  if (!field) return;
  const left = Number(counter.dataset.longest) - field.value.trim().length;
  const text = (left < 0 ? counter.dataset.over : counter.dataset.left).replace('{count}', whole.format(Math.abs(left)));
  if (counter.textContent !== text) counter.textContent = text;
  counter.classList.toggle('co-counter--over', left < 0);
  return left;
}

let pause;
function typed(event) {
  const counter = event.target.id && document.querySelector(`[data-counter="${CSS.escape(event.target.id)}"]`);
  if (!counter) return;
  clearTimeout(pause);
  // Said aloud only near the end, and only when the hands rest.
  if (count(counter) < Number(counter.dataset.longest) / 10) pause = setTimeout(() => announce(counter.textContent), 1500);
}

// --- a draft that saves itself ---

function told(event, outcome) {
  const id = sender(event)?.dataset.autosaves;
  const indicator = id && document.getElementById(id);
  if (!indicator) return;
  const now = new Date();
  const time = document.documentElement.lang === 'en'
    ? `${now.getHours()}:${String(now.getMinutes()).padStart(2, '0')}`
    : `${now.getHours()}\u00a0h\u00a0${String(now.getMinutes()).padStart(2, '0')}`;
  indicator.textContent = indicator.dataset[outcome].replace('{time}', time);
}

function answered(event) {
  const status = event.detail.xhr?.status ?? event.detail.ctx?.response?.status ?? 0;
  told(event, status >= 200 && status < 400 ? 'saved' : 'failed');
}

on(['htmx:configRequest', 'htmx:config:request'], sign);
on(['htmx:afterSettle', 'htmx:after:settle'], () => settle());
on(['htmx:responseError', 'htmx:response:error'], (event) => { if ((event.detail.xhr?.status ?? 500) >= 500) breakdown(event); });
on(['htmx:sendError', 'htmx:timeout', 'htmx:error'], breakdown);
on(['htmx:beforeRequest', 'htmx:before:request'], (event) => told(event, 'saving'));
on(['htmx:afterRequest', 'htmx:after:request'], answered);
document.addEventListener('input', typed);
settle({ focus: !document.querySelector('[autofocus]'), aloud: false });
