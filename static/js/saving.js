// Forms that save themselves: cards to rate, words in a talk. Without this file their buttons save.
// It comes before htmx: nothing may be sent that is not looked after here.
(() => {
  const words = document.getElementById("saving-words")?.dataset;
  if (!words) return;
  const { classList } = document.documentElement;
  let ready = false; // htmx has come too; until then buttons save as they do without script

  // A browser may block storage, or have no room. Then the page itself remembers, until it is left.
  const storage = (name) => {
    const here = new Map();
    const tried = (act) => { try { return act(window[name]); } catch { return undefined; } };
    return {
      getItem: (key) => here.get(key) ?? tried((store) => store.getItem(key)) ?? null,
      setItem: (key, value) => {
        here.delete(key);
        if (!tried((store) => { store.setItem(key, value); return true; })) here.set(key, value);
      },
      removeItem: (key) => { here.delete(key); tried((store) => store.removeItem(key)); },
    };
  };
  const forTheTab = storage("sessionStorage");
  const forTheBrowser = storage("localStorage");

  const CARD = "form[data-card]";
  const TOKEN = "[name=csrfmiddlewaretoken]";
  const ANSWERED = [200, 400, 404, 409]; // the server's word on a card; anything else is tried again
  const SIGNED_OUT = [401, 403]; // by the clock, or by signing in again, which changes the token
  const cards = () => [...document.querySelectorAll(CARD)];
  const cardOf = (target) => target.closest?.(CARD);
  const nameOf = (form) => form.getAttribute("action") + (form.elements.from ? "#list" : "");
  const say = (form, told) => { form.querySelector(".saved").textContent = told; };

  const rowOf = (radios) => [...radios].find(({ checked }) => checked) ?? radios[0]; // where the focus goes in a row

  const TYPED = ["text", "textarea", "date"];
  const differs = ({ type, value, defaultValue, checked, defaultChecked }) =>
    ["radio", "checkbox"].includes(type) ? checked !== defaultChecked : TYPED.includes(type) && value !== defaultValue;
  window.isTouched = (form) => [...form.elements].some(differs);

  // A browser whose stylesheet cannot part the two directions always shows both: then both count.
  const asksOnce = CSS.supports("selector(:has(a))");
  if (!asksOnce) for (const once of document.querySelectorAll("[name=once]")) once.remove();

  // One answer counts for both directions until they are parted: then the second begins as the first.
  // Parted, each is the person's own to give. Joined again, an answer to the second alone is that of both.
  // It runs before the card is sent (capture).
  document.addEventListener("change", ({ target: { form, name, checked } }) => {
    if (name !== "apart") return;
    const { mine, partners } = form.elements;
    if (checked) for (const field of mine) field.checked = field.value === partners.value;
    else if (!partners.value && mine.value) for (const field of partners) field.checked = field.value === mine.value;
  }, true);
  // The conditions follow the direction that asks for them, also for Tab and for a screen reader.
  document.addEventListener("change", ({ target: { form, name } }) => {
    const conditions = ["apart", "mine", "partners"].includes(name) && form.querySelector(".conditions");
    if (!conditions) return;
    const { apart, mine, partners } = form.elements;
    const only = asksOnce && apart.checked && partners.value === "conditions" && mine.value !== "conditions";
    form.querySelector(only ? "fieldset" : ".mine").after(conditions);
  });
  document.addEventListener("change", ({ target: { form, name, value, checked } }) => {
    if (name === "conditions" && value === "within-a-limit" && checked) form.querySelector(".conditions details").open = true;
  });
  // Whoever asks for a box of their own words can type in it at once.
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".conditions summary")?.parentElement;
    if (!box || box.open) return;
    event.preventDefault();
    box.open = true;
    box.querySelector(".typed").focus();
  });
  // What parts the two directions goes away with a press, so the focus goes to the first of them.
  document.addEventListener("change", ({ target: { form, name, checked } }) => {
    if (name === "apart" && checked) rowOf(form.elements.partners).focus();
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.matches?.("[data-join]")) return;
    const { apart } = target.form.elements;
    apart.checked = false;
    apart.dispatchEvent(new Event("change", { bubbles: true }));
    apart.focus();
  });

  // After a tap on an answer the next card comes by itself, a moment later, where it is saved and
  // nothing is left to say. Never after a key (WCAG 3.2.2). Whoever wants to stay can say so.
  const MOMENT = 900; // milliseconds
  const STAY = "stay-on-the-card";
  let pointed = false;
  let soon;
  let coming = false; // the next card is asked for, and this one still shows
  const goesOn = (form) => form.dataset.next && !forTheBrowser.getItem(STAY) && !form.elements.apart.checked && asksOnce
    && form.elements.partners.value !== "conditions" && !form.querySelector(".more[open]");
  for (const name of ["pointerdown", "keydown", "input", "click"]) { // a screen reader may send clicks alone
    document.addEventListener(name, ({ target, type }) => {
      clearTimeout(soon);
      if (coming) stop(); // on a slow line this may be seconds later
      coming = false;
      for (const form of cards()) if (pressed.get(form) === null) pressed.delete(form); // there is more to say
      if (!["input", "click"].includes(type)) pointed = type === "pointerdown" && Boolean(target.closest?.(".stances"));
    }, true);
  }
  addEventListener("pagehide", () => { clearTimeout(soon); coming = false; });
  document.addEventListener("click", ({ target }) => {
    const form = target.matches?.("[name=partners]") && cardOf(target);
    if (!form || !pointed || form.elements.from) return;
    setTimeout(() => { if (goesOn(form)) soon = setTimeout(goOn, MOMENT, form); }); // after its "input"
  });
  const goOn = (form) => {
    if (gone || !goesOn(form)) return;
    if (kept()[nameOf(form)]) pressed.set(form, null); // under way: it goes on when it is saved
    else {
      coming = true;
      location.assign(form.dataset.next);
    }
  };
  const showWhetherItMoves = () => {
    const moves = !forTheBrowser.getItem(STAY);
    for (const box of document.querySelectorAll("[data-moves]")) box.checked = box.defaultChecked = moves; // it never counts as touched
    for (const hint of document.querySelectorAll(".hint.moves")) hint.hidden = !moves;
  };
  showWhetherItMoves();
  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      const { target } = event;
      if (!target.matches?.("[data-moves]")) return;
      event.stopImmediatePropagation(); // it is no part of the answer
      if (target.checked) forTheBrowser.removeItem(STAY);
      else forTheBrowser.setItem(STAY, "yes");
      showWhetherItMoves();
    }, true);
  }

  // What is not on disk yet is kept in this tab, through a reload, and sent again by itself.
  // It is this person's alone: what somebody else left in the tab is thrown away unread.
  // What the server refused stays too, until its writer has seen it, but is not sent again.
  const STORE = "unsaved";
  let gone = false; // somebody leaves quickly: from then on nothing is kept, sent or looked for
  const { owner } = document.body.dataset;
  const kept = () => {
    const found = JSON.parse(forTheTab.getItem(STORE) ?? "null");
    return found?.owner === owner ? found.cards : {};
  };
  const keep = (cards) => {
    if (gone) return;
    if (Object.keys(cards).length === 0) forTheTab.removeItem(STORE);
    else forTheTab.setItem(STORE, JSON.stringify({ owner, cards }));
  };
  const forget = (name) => {
    const { [name]: _, ...rest } = kept();
    keep(rest);
  };
  const refuse = (name) => {
    const cards = kept();
    if (cards[name]) keep({ ...cards, [name]: { ...cards[name], refused: true } });
  };
  const waiting = () => Object.entries(kept()).filter(([, { refused }]) => !refused);
  const fieldsOf = (form, ...without) => {
    const fields = new URLSearchParams(new FormData(form));
    for (const name of ["pad", ...without]) fields.delete(name);
    return fields.toString();
  };
  const remember = (form) => keep({ ...kept(), [nameOf(form)]: { body: fieldsOf(form, "csrfmiddlewaretoken") } });

  // Whoever watches the line sees how long a request is: one answer must be as long as another.
  const BLOCK = 1024;
  const padded = (fields) => {
    fields.set("pad", "");
    fields.set("pad", "0".repeat(BLOCK - 1 - (fields.toString().length + BLOCK - 1) % BLOCK));
    return fields;
  };
  const restore = (form, body) => {
    const said = new URLSearchParams(body);
    for (const field of form.elements) {
      if (!field.name || (field.type === "hidden" && field.name !== "seen")) continue; // plumbing is the page's own
      if (["radio", "checkbox"].includes(field.type)) field.checked = said.getAll(field.name).includes(field.value);
      else if (field.tagName !== "BUTTON") field.value = said.get(field.name) ?? "";
    }
  };

  // Sending again: soon at first, then less often, and at once when the line or the person is back.
  const WAITS = [2, 5, 15, 30]; // seconds
  let tries = 0;
  let timer;
  let signedOut = false;
  const failed = (status) => {
    signedOut = SIGNED_OUT.includes(status);
    clearTimeout(timer);
    timer = setTimeout(tryAgain, status === 403 && tries === 0 ? 0 : 1000 * WAITS[Math.min(tries, WAITS.length - 1)]);
    tries += 1;
  };
  const signedInAgain = async () => {
    const { page, status } = await pageAt(words.list);
    if (gone) return false;
    const now = page.body.dataset.owner;
    if (now && (now !== owner || status === 404)) { // another person, or no such deck any more
      forTheTab.removeItem(STORE);
      location.assign(words.list);
    }
    if (now !== owner || status === 404) return false;
    const { value } = page.querySelector(TOKEN);
    for (const field of document.querySelectorAll(TOKEN)) field.value = value;
    return true;
  };
  const tryAgain = async () => {
    if (gone || waiting().length === 0) return;
    if (signedOut && !(await signedInAgain().catch(() => false))) return failed(401);
    signedOut = false;
    const here = new Map(cards().map((form) => [nameOf(form), form]));
    for (const [name, { body }] of waiting()) {
      const form = here.get(name);
      if (form) form.dispatchEvent(new Event("change", { bubbles: true }));
      else await sendElsewhere(name, body);
    }
  };
  addEventListener("online", tryAgain);
  addEventListener("focus", tryAgain);

  // A card that was left behind is sent from whichever page with cards comes next.
  const elsewhere = document.getElementById("unsaved-elsewhere");
  const pageOf = (name) => new URL("..", new URL(name, location));
  const tellElsewhere = (told, name) => {
    elsewhere.textContent = told;
    elsewhere.hidden = !told;
    if (!name) return;
    elsewhere.append(" ", Object.assign(document.createElement("a"), { textContent: words.look, href: pageOf(name) }));
  };
  // On the card itself, which is sealed or open by now: what was written, until its writer lets it go.
  const showUnsaved = (name) => {
    const sent = new URLSearchParams(kept()[name].body);
    elsewhere.textContent = words.late;
    elsewhere.hidden = false;
    for (const field of ["in_other_words", "note", "self_note"]) {
      if (sent.get(field)) elsewhere.append(Object.assign(document.createElement("q"), { textContent: sent.get(field), dir: "auto" }));
    }
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "linklike", textContent: words.drop });
    drop.addEventListener("click", () => { forget(name); tellElsewhere(""); });
    elsewhere.append(" ", drop);
  };
  const sendElsewhere = async (name, kept_body) => {
    const body = new URLSearchParams(kept_body);
    body.set("csrfmiddlewaretoken", document.querySelector(TOKEN).value);
    let status = 0;
    try {
      ({ status } = await fetch(name.split("#")[0], { method: "POST", body: padded(body), headers: { "HX-Request": "true" } }));
    } catch { /* not reached: told below */ }
    if (!ANSWERED.includes(status)) {
      failed(status);
      return tellElsewhere(words.elsewhere);
    }
    if ([200, 404].includes(status) || name.endsWith("#list")) forget(name); // a tap; no word is in it
    else refuse(name);
    tellElsewhere(status === 200 ? "" : words.refused, status !== 200 && status !== 404 && name);
  };

  // Where there is nothing any more to save on, what was written stays on the page for its writer.
  const tellGone = (form) => {
    const gone = document.getElementById("gone");
    if (gone) gone.hidden = false;
    say(form, gone ? "" : words.refused);
  };

  // Why words were refused stands with their field, until the next answer to the card.
  const putBeside = (form) => {
    for (const told of form.querySelectorAll("[data-field]")) {
      if (told.closest(".saved")) continue;
      told.previousElementSibling.removeAttribute("aria-invalid");
      told.remove();
    }
    const place = form.querySelector(".saved");
    for (const told of place.querySelectorAll("[data-field]")) {
      const field = form.elements[told.dataset.field];
      if (!TYPED.includes(field?.type)) continue;
      const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
      told.id = `${field.id}-refused`;
      field.setAttribute("aria-describedby", [...described.add(told.id)].join(" "));
      field.setAttribute("aria-invalid", "true");
      field.after(told);
      for (let within = field.closest("details"); within; within = within.parentElement.closest("details")) within.open = true;
      if (!place.querySelector(".error")) place.append(Object.assign(document.createElement("span"), { className: "error", textContent: words.marked }));
    }
  };

  // An error that came with the page goes once its field changes. If it still holds, the next save says so.
  for (const name of ["input", "change"]) {
    document.addEventListener(name, ({ target }) => {
      const field = cardOf(target) && target.closest(".field, fieldset");
      for (const error of field?.querySelectorAll(":scope > .error, :scope > .hint > .error") ?? []) {
        if (error.dataset.field) continue; // put beside it by a save
        error.remove();
        target.removeAttribute("aria-invalid");
      }
    });
  }

  // One card is sent at a time, as it stands at that moment and with the version it then has.
  const sent = new WeakMap();
  for (const name of ["input", "change"]) {
    document.addEventListener(name, ({ target }) => { const form = cardOf(target); if (form) remember(form); }, true);
  }
  document.addEventListener("htmx:before:request", (event) => {
    if (gone) return event.preventDefault();
    const { target, detail } = event;
    const form = cardOf(target);
    if (!form) return;
    detail.ctx.request.body = padded(new URLSearchParams(new FormData(form)));
    sent.set(form, fieldsOf(form, "seen"));
  });
  document.addEventListener("htmx:finally:request", ({ target, detail }) => {
    const form = cardOf(target);
    if (!form) return;
    const { status: came, response } = detail.ctx;
    const broken = response?.status === 200 && came.startsWith("error"); // the line dropped in the middle
    const status = broken ? 0 : response?.status ?? 0;
    if (ANSWERED.includes(status)) {
      tries = 0;
      putBeside(form);
      if (status === 404) {
        tellGone(form);
        delete form.dataset.next; // its button gives the words back
      }
      if (sent.get(form) !== fieldsOf(form, "seen")) { // changed meanwhile, by its writer or by the answer
        remember(form);
        return pressed.has(form) ? tryAgain() : undefined; // a writer's own change is sent by itself
      }
      if ([200, 404].includes(status)) forget(nameOf(form));
      else refuse(nameOf(form));
      const going = pressed.has(form);
      const button = pressed.get(form);
      pressed.delete(form);
      if (going && !button && status === 200) return goOn(form); // by itself
      const now = button?.dataset.undo === undefined ? button : form.querySelector("[data-undo]"); // swapped by the save
      // Where there is nothing any more, the page that says so gives the words back.
      // A button may be gone with the save: then the card is left, but nothing is undone in its place.
      const undoes = button && ("undo" in button.dataset || "before" in button.dataset);
      if ([200, 404].includes(status) && going && (now?.isConnected || !undoes)) form.requestSubmit(now?.isConnected ? now : null);
    } else {
      pressed.delete(form);
      if (status !== 401) say(form, status === 403 ? words.trying : words.unsaved);
      failed(status);
    }
  });

  // A button leaves the card only when what stands on it is saved.
  const pressed = new WeakMap();
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!form.matches(CARD)) return;
    const acts = submitter?.hasAttribute("formaction");
    if (!ready && acts && submitter.dataset.before === undefined) forget(nameOf(form)); // what it does comes after
    if (ready && !acts && form.dataset.next && kept()[nameOf(form)] === undefined) { // nothing is left to save
      event.preventDefault();
      return location.assign(form.dataset.next);
    }
    if (!ready || kept()[nameOf(form)] === undefined) {
      const pad = form.elements.pad ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "pad" }));
      pad.value = padded(new URLSearchParams(new FormData(form))).get("pad");
      return;
    }
    event.preventDefault();
    remember(form);
    pressed.set(form, submitter);
    tryAgain();
  });
  document.addEventListener("click", ({ target }) => {
    if (target.matches?.("[data-drop]") && cardOf(target)) forget(nameOf(cardOf(target)));
  });
  addEventListener("beforeunload", (event) => {
    if (tries > 0 && waiting().length) event.preventDefault();
  });
  document.addEventListener("leaving", () => { gone = true; });

  // After a reload, in a tab that somebody else used before, or where somebody was quicker than this file.
  const found = kept();
  keep(found);
  for (const form of cards()) {
    const { body } = found[nameOf(form)] ?? {};
    if (body === undefined) {
      if (isTouched(form)) remember(form);
      continue;
    }
    restore(form, body);
    remember(form); // what was refused is looked at now, and so may be sent again
    say(form, words.trying);
  }
  for (const [name, { refused }] of Object.entries(kept())) {
    if (!refused) continue;
    if (pageOf(name).pathname !== location.pathname) tellElsewhere(words.refused, name);
    else if (cards().length === 0) showUnsaved(name);
  }
  document.addEventListener("htmx:after:process", () => {
    ready = true;
    classList.add("saving");
    tryAgain();
  }, { once: true });

  // Keys, while the focus is on a card or one of its answers: 1 to 4 choose, U undoes.
  // Where the two directions are parted, they answer the first and then the second.
  const CARDS = "article.card, article.one-card";
  document.addEventListener("keydown", (event) => {
    const { target, key: pressed, ctrlKey, metaKey, altKey } = event;
    const card = target.closest?.(CARDS);
    if (!card || ctrlKey || metaKey || altKey || !target.matches(`${CARDS}, [type=radio]`)) return; // WCAG 2.1.4
    if (pressed.toLowerCase() === "u") card.querySelector("[data-undo]")?.click();
    if (!["1", "2", "3", "4"].includes(pressed)) return;
    const set = target.closest("fieldset") ?? card.querySelector("fieldset");
    const radio = set.querySelectorAll("[type=radio]")[pressed - 1];
    if (!radio) return;
    event.preventDefault();
    const { form, name } = radio;
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    if (name === "partners" && form.elements.apart.checked) rowOf(form.elements.mine).focus();
  });
  const alone = document.querySelectorAll(CARDS);
  if (alone.length === 1 && matchMedia("(hover: hover) and (pointer: fine)").matches) {
    alone[0].tabIndex = -1;
    alone[0].focus({ preventScroll: true });
  }
})();
