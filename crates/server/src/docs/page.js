// Reads /openapi.json and lets each operation be tried. Text is only ever set as text.
"use strict";

const tokenField = document.getElementById("token");

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element[name] = value;
  element.append(...children);
  return element;
}

function takeToken() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found) {
    sessionStorage.setItem("krake.docs.token", found);
    history.replaceState(null, "", location.pathname);
  }
  tokenField.value = sessionStorage.getItem("krake.docs.token") ?? "";
  tokenField.addEventListener("change", () => sessionStorage.setItem("krake.docs.token", tokenField.value.trim()));
}

function example(schema, definitions, depth = 0) {
  if (!schema || depth > 4) return null;
  if (schema.$ref) return example(definitions[schema.$ref.split("/").pop()], definitions, depth + 1);
  if ("default" in schema) return schema.default;
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return example(choice, definitions, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object") {
    const required = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name));
    return Object.fromEntries(fields.map(([name, field]) => [name, example(field, definitions, depth + 1)]));
  }
  return { string: schema.enum?.[0] ?? "", integer: 0, number: 0, boolean: false, array: [] }[type] ?? null;
}

async function send(method, path, parameters, fields, body, output) {
  let address = path;
  const query = new URLSearchParams();
  const headers = {};
  for (const parameter of parameters) {
    const value = fields.get(parameter.name).value;
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value !== "" && parameter.in === "query") query.set(parameter.name, value);
    else if (value !== "") headers[parameter.name] = value;
  }
  if (query.size > 0) address += `?${query}`;
  if (tokenField.value) headers.Authorization = `Bearer ${tokenField.value.trim()}`;
  if (body) headers["Content-Type"] = "application/json";
  output.textContent = "…";
  const answer = await fetch(address, { method, headers, body: body?.value, referrerPolicy: "no-referrer" });
  output.textContent = `${answer.status} ${answer.statusText}\n`;
  if (answer.headers.get("content-type")?.startsWith("text/event-stream")) return follow(answer, output);
  const text = await answer.text();
  try {
    output.textContent += JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    output.textContent += text;
  }
}

async function follow(answer, output) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    output.textContent = (output.textContent + value).slice(-20000);
  }
}

function operation(path, method, described, definitions) {
  const parameters = described.parameters ?? [];
  const fields = new Map();
  const form = make("form", {});
  for (const parameter of parameters) {
    const input = make("input", { required: parameter.required, spellcheck: false });
    fields.set(parameter.name, input);
    const name = `${parameter.name} (${parameter.in})`;
    form.append(make("label", { className: "field" }, name, input));
  }
  const schema = described.requestBody?.content["application/json"].schema;
  let body = null;
  if (schema) {
    body = make("textarea", { spellcheck: false, value: JSON.stringify(example(schema, definitions) ?? {}, null, 2) });
    form.append(make("label", {}, "Body", body));
  }
  const output = make("pre", {});
  form.append(make("button", { type: "submit" }, "Send"), output);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(method.toUpperCase(), path, parameters, fields, body, output).catch((error) => {
      output.textContent = String(error);
    });
  });
  const title = make("summary", {}, make("code", {}, `${method.toUpperCase()} ${path}`), ` ${described.summary}`);
  return make("details", {}, title, form);
}

async function show() {
  takeToken();
  const described = await (await fetch("/openapi.json")).json();
  document.getElementById("about").textContent = `${described.info.description} Version ${described.info.version}.`;
  const list = document.getElementById("operations");
  for (const [path, methods] of Object.entries(described.paths)) {
    for (const [method, one] of Object.entries(methods)) {
      list.append(operation(path, method, one, described.components.schemas));
    }
  }
}

show().catch((error) => {
  document.getElementById("about").textContent = String(error);
});
