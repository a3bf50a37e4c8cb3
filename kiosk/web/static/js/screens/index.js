// The visible table of screens that have a button on the desk for the lead. What leads do joins here, a file each.

import { lead } from "./lead/home.js";

export const LEAD_SCREENS = [lead];
