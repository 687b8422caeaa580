// The page's scripts. Each file does one thing:
//   morph      puts fresh HTML in place and keeps what a person is doing
//   live       receives fresh HTML, and goes from place to place
//   follow     keeps lists of messages at their end
//   act        sends what a person does
//   popup      menus, toasts, and the question before a dangerous step
//   controls   buttons, choices and fields of Block Kit
//   select     menus one can search
//   modal      forms above the page
//   messages   what can be done with a message
//   composer   writing
import './controls.js';
import './select.js';
import './modal.js';
import './messages.js';
import './composer.js';
import { start } from './live.js';

start();
