// What every page has: it makes forms pleasanter and none of them necessary.
import { start_code } from "./forms/code";
import { start_copy } from "./forms/copy";
import { start_history } from "./forms/history";
import { start_password_check } from "./forms/pw-check";
import { start_reveal } from "./forms/reveal";
import { start_submit } from "./forms/submit";
import { start_zone } from "./forms/zone";

start_history();
start_reveal();
start_submit();
start_code();
start_password_check();
start_copy();
start_zone();
