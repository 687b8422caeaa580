package page

import (
	"html/template"

	"alignbot/slacksim/mrkdwn"
)

// names tells the viewer's names of what a text refers to.
func (a *artist) names() mrkdwn.Names {
	return mrkdwn.Names{
		User: func(id string) string { return a.byID[id].Label() },
		Channel: func(id string) string {
			// A private channel is named only to those who see it.
			return a.channels[id].Name
		},
		Usergroup: func(id string) string { return a.groups[id] },
		Zone:      a.zone,
		Now:       a.now,
	}
}

// messageText draws the top-level text of a message.
func (a *artist) messageText(s string) template.HTML {
	return mrkdwn.HTML(s, mrkdwn.Options{TopLevel: true}, a.names())
}

// mrkdwn draws the text of a mrkdwn object.
func (a *artist) mrkdwn(s string, verbatim bool) template.HTML {
	return mrkdwn.HTML(s, mrkdwn.Options{Verbatim: verbatim}, a.names())
}

// plain draws plain text.
func (a *artist) plain(s string, emoji bool) template.HTML {
	return mrkdwn.PlainHTML(s, emoji)
}
