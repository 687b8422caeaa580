// Package slacksim is a local Slack that bots can be pointed at.
//
// A [Sim] listens on a local address and speaks Slack's Web API, its response URLs and Socket Mode, so that any bot
// whose SDK lets it choose the API address (slack-go's OptionAPIURL, for one) runs against it unchanged. It keeps one
// workspace with one installed app, refuses what Slack refuses with Slack's own error codes, and lets people act: type,
// click, fill in modals, react.
//
// Package simtest writes tests as conversations with it; package page shows it in a browser; docs/slacksim.md is the guide.
//
// All exported methods of Sim may be called at the same time from several goroutines. All values returned are copies.
//
// # Where Slack's behaviour is not documented
//
// What follows was chosen because it is the stricter reading, or because it is what SDKs and bug reports tell:
//
//   - An ack counts only on the socket its envelope went out on (Options.AckAnySocket loosens this).
//   - A refused view or response body uses up neither its trigger_id nor its response_url.
//   - Events that found no connection are retried like those that were not acknowledged: at once, after a minute and after
//     five; later connections are not told of older ones.
//   - A retry comes in an envelope with a new id; the event_id stays.
//   - A failing response_url answers HTTP 404 with the error as JSON.
//   - A modal opened while another stack is open lies on top of it, as a stack of its own.
//   - An answer of "clear" sends no view_closed.
//
// # What differs from Slack
//
//   - Ephemeral messages stay until they are dismissed, so that tests can look at them.
//   - Open modals, trigger ids and response URLs do not survive a restart; everything else does, with Options.Dir.
//   - Slack's hourly event limit with app_rate_limited, and the switching off of failing event subscriptions, are left out.
//   - Files are complete at once and held in memory.
//   - Canvases are Markdown that is kept as it was written, a section for each block of it; nothing tells whether Slack would
//     show it as meant.
//   - Private channels are archived and renamed with channel_* events, where Slack sends group_*.
//   - There are no HTTP request URLs, no OAuth, no user tokens, no RTM; Socket Mode is the only way events take. Methods that are
//     not there answer unknown_method.
package slacksim
