"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const blocks = new Map();
  for (const block of document.querySelectorAll("script[data-session]")) {
    blocks.set(block.dataset.session, block);
  }
  const read = new Map();
  const messages = (id) => {
    if (!read.has(id)) {
      const block = blocks.get(id);
      read.set(id, block ? JSON.parse(block.textContent) : []);
    }
    return read.get(id);
  };
  /* Everything that others wrote comes onto the page through here, as text. */
  const make = (name, text, parent, style) => {
    const element = document.createElement(name);
    if (text !== undefined && text !== null) element.textContent = String(text);
    if (style) element.className = style;
    element.dir = "auto";
    if (parent) parent.append(element);
    return element;
  };
  const when = (at) => (Number.isFinite(at) ? new Date(at).toISOString().slice(0, 16).replace("T", " ") : "");
  const lists = {
    sessions: data.sessions || [],
    knowledge: data.knowledge || [],
    handoffs: data.handoffs || [],
    projects: data.projects || [],
    executions: data.executions || [],
    playbooks: data.playbooks || [],
  };
  const names = {
    sessions: "Sessions", knowledge: "Knowledge", handoffs: "Briefings",
    projects: "Projects", executions: "Executions", playbooks: "Playbooks", about: "About",
  };
  const title = (place, one) =>
    one.title || one.name || one.goal || (place === "handoffs" ? "Briefing" : "Without a title");
  const beyond = new Set(data.beyond || []);
  let place = lists.sessions.length ? "sessions" : "about";
  let chosen = null;

  const marked = (parent, text, words) => {
    const lower = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      let next = -1;
      let length = 0;
      for (const word of words) {
        const found = lower.indexOf(word, at);
        if (found >= 0 && (next < 0 || found < next)) { next = found; length = word.length; }
      }
      if (next < 0) break;
      parent.append(text.slice(at, next));
      make("mark", text.slice(next, next + length), parent);
      at = next + length;
    }
    parent.append(text.slice(at));
  };

  const showMessage = (parent, entry, hit) => {
    const [role, kind, at, text, tool, input, cut] = entry;
    const article = make("article", null, parent, hit ? "hit" : "");
    article.dataset.role = role;
    make("span", [role, kind === "text" ? "" : kind, tool, when(at)].filter(Boolean).join(" · "), article, "meta");
    const code = role === "tool" || kind === "tool_call" || kind === "tool_result";
    if (input !== null && input !== undefined) make("pre", JSON.stringify(input, null, 2), article);
    if (text) make(code ? "pre" : "p", text, article);
    if (cut) make("span", "Cut here; the whole text is in data/messages.jsonl.", article, "meta note");
    return article;
  };

  const facts = (parent, pairs) => {
    const box = make("dl", null, parent);
    for (const [name, value] of pairs) {
      if (value === undefined || value === null || value === "") continue;
      make("dt", name, box);
      make("dd", value, box);
    }
  };

  const show = (hit) => {
    const main = byId("main");
    main.replaceChildren();
    if (place === "about") return showAbout(main);
    if (!chosen) { make("div", "Choose something from the list.", main, "empty"); return; }
    const one = chosen;
    make("h1", title(place, one), main);
    if (place === "sessions") {
      make("span", [one.source, one.model, when(one.started_at), one.cwd].filter(Boolean).join(" · "), main, "meta");
      if (beyond.has(one.id)) make("p", "This page shows only a part of this session; all of it is in data/messages.jsonl.", main, "note");
      const all = messages(one.id);
      let at = 0;
      const more = () => {
        const until = Math.min(all.length, Math.max(at + 200, (hit ?? -1) + 50));
        for (; at < until; at += 1) {
          const article = showMessage(main, all[at], at === hit);
          if (at === hit) article.scrollIntoView({ block: "center" });
        }
        if (at < all.length) {
          const button = make("button", "Show more: " + (all.length - at) + " further messages", main);
          button.addEventListener("click", () => { button.remove(); more(); });
        }
      };
      more();
      return;
    }
    if (place === "knowledge") {
      make("span", [one.category, when(one.created_at), one.superseded_by ? "superseded" : one.withdrawn_at ? "withdrawn" : ""].filter(Boolean).join(" · "), main, "meta");
      make("p", one.text, main);
      for (const source of one.sources || []) make("span", source, main, "meta");
    } else if (place === "handoffs") {
      make("span", [one.state, when(one.created_at)].join(" · "), main, "meta");
      if (one.note) make("p", one.note, main);
      make("pre", one.briefing, main);
    } else if (place === "projects") {
      facts(main, [["Status", one.status], ["Folder", one.folder]]);
      make("p", one.description, main);
      for (const objective of one.objectives || []) make("p", (objective.done ? "✓ " : "· ") + objective.text, main);
      const own = lists.sessions.filter((session) => session.project_id === one.id);
      make("h2", "Sessions: " + own.length, main);
      for (const session of own.slice(0, 200)) {
        make("button", title("sessions", session), main).addEventListener("click", () => go("sessions", session));
      }
    } else if (place === "executions") {
      make("span", [one.status, when(one.created_at), when(one.ended_at)].filter(Boolean).join(" · "), main, "meta");
      for (const [of, at, kind, step] of data.events || []) {
        if (of === one.id) make("pre", [when(at), kind, step].filter(Boolean).join("  "), main);
      }
    } else {
      make("pre", one.text, main);
    }
  };

  const showAbout = (main) => {
    const about = data.about;
    make("h1", "About this capsule", main);
    facts(main, [
      ["Holds", about.scope.kind === "project" ? "the project " + about.scope.name : "everything"],
      ["Made", about.made_at],
      ["Content hash", about.content_hash],
    ]);
    make("h2", "Lines", main);
    facts(main, Object.entries(about.counts));
    const replaced = Object.entries(about.replaced);
    make("h2", "Secrets", main);
    make("p", replaced.length ? "Replaced on the way out:" : "Keys are never in a capsule, and none was found in its texts.", main);
    facts(main, replaced);
    for (const left of about.left_out) make("p", "Left out: " + left, main, "note");
  };

  const go = (to, one, hit) => {
    place = to;
    chosen = one;
    draw(hit);
    byId("main").scrollTop = 0;
    if (hit === undefined) byId("main").focus({ preventScroll: true });
  };

  const item = (parent, text, under, current, act) => {
    const line = make("li", null, parent);
    const button = make("button", text, line);
    if (under) make("small", under, button);
    button.setAttribute("aria-current", String(current));
    button.addEventListener("click", act);
    return button;
  };

  const drawPlaces = () => {
    const box = byId("places");
    box.replaceChildren();
    for (const name of [...Object.keys(lists), "about"]) {
      if (name !== "about" && !lists[name].length) continue;
      const button = item(box, null, "", place === name, () => {
        byId("find").value = "";
        go(name, null);
      });
      make("span", names[name], button);
      make("span", name === "about" ? "" : lists[name].length, button);
    }
  };

  const drawList = () => {
    const box = byId("list");
    box.replaceChildren();
    const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const list = make("ul", null, box);
    if (words.length) return drawHits(box, list, words);
    const all = place === "about" ? [] : lists[place];
    for (const one of all.slice(0, 2000)) {
      item(list, title(place, one), when(one.started_at ?? one.created_at), one === chosen, () => go(place, one));
    }
    if (all.length > 2000) make("div", "Search for the other " + (all.length - 2000) + ".", box, "empty");
  };

  const drawHits = (box, list, words) => {
    const holds = (text) => {
      const lower = String(text || "").toLowerCase();
      return words.every((word) => lower.includes(word));
    };
    let found = 0;
    const add = (to, one, under, text, hit) => {
      found += 1;
      const button = item(list, null, under, false, () => go(to, one, hit));
      const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
      const piece = make("span", null);
      button.prepend(piece);
      marked(piece, text.slice(at, at + 160), words);
    };
    for (const name of Object.keys(lists)) {
      for (const one of lists[name]) {
        if (found >= 200) break;
        const text = [title(name, one), one.text, one.briefing, one.description].filter(Boolean).join(" ");
        if (holds(text)) add(name, one, names[name], text);
      }
    }
    for (const session of lists.sessions) {
      if (found >= 200) break;
      messages(session.id).forEach((entry, at) => {
        if (found < 200 && holds(entry[3])) add("sessions", session, title("sessions", session), entry[3], at);
      });
    }
    if (!found) make("div", "Nothing in this capsule holds these words.", box, "empty");
    if (found >= 200) make("div", "The first 200 are shown.", box, "empty");
  };

  const draw = (hit) => {
    drawPlaces();
    drawList();
    show(hit);
  };
  byId("scope").textContent = data.about.scope.kind === "project" ? data.about.scope.name : "Everything";
  document.title = "Krake · " + byId("scope").textContent;
  byId("find").addEventListener("input", drawList);
  draw();
})();
