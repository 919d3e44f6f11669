"use strict";
// The messages are one Redis string, with commas between them.
const byId = id => document.getElementById(id);
let messages = [];

async function ask(query) {
  const answer = await fetch("guestbook.php?" + new URLSearchParams({ key: "messages", ...query }));
  const body = await answer.json();
  byId("error").textContent = body.error ?? "";
  return body;
}

function show() {
  byId("messages").replaceChildren(...messages.map(text => Object.assign(document.createElement("li"), { textContent: text })));
}

byId("form").addEventListener("submit", async event => {
  event.preventDefault();
  messages.push(byId("message").value.replaceAll(",", " "));
  byId("message").value = "";
  show();
  await ask({ cmd: "set", value: messages.join(",") });
});

ask({ cmd: "get" }).then(body => {
  messages = (body.data ?? "").split(",").filter(text => text !== "");
  show();
});
