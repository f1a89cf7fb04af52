import { expect, it } from "vitest";
import { callGist } from "./call-gist";

it("tells a call by the field that tells it from others", () => {
  expect(
    callGist("Edit: replace_all=false\nfile_path=src/cart.rs\nold_string=a=b\nnew_string=c", "Edit"),
  ).toBe("src/cart.rs");
  expect(callGist("Bash: description=Run the tests\ncommand=cargo test", "Bash")).toBe("cargo test");
  expect(callGist('shell: command=["bash","-lc","make test"]', "shell")).toBe("make test");
  expect(callGist("Read: file_path=/home/ada/work/shop/src/cart/merge.rs", "Read")).toBe(
    "…/src/cart/merge.rs",
  );
});

it("keeps what it does not know as it is", () => {
  expect(callGist("TodoWrite: todos=[]", "TodoWrite")).toBe("todos=[]");
  expect(callGist('shell: command=["bash"', "shell")).toBe('["bash"');
  expect(callGist("Plan", "Plan")).toBe("Plan");
});
