// The page's entry: takes the token out of the address, listens to the server, draws the shell.
import { render } from "preact";
import { Shell } from "./shell.tsx";
import { listen } from "./stream.ts";

// The cookie has it from here on; an address that is copied or photographed should not.
if (location.search !== "") history.replaceState(null, "", `/${location.hash}`);
listen();
render(<Shell />, document.body);
