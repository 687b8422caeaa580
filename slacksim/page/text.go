package page

import (
	"html/template"
	"net/url"

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
		Inside:    a.inside,
		Zone:      a.zone,
		Now:       a.now,
	}
}

// inside is the page's address of a link to the app, such as
// slack://app?team=T…&id=A…&tab=home, for the viewer; empty for all others. See
// https://docs.slack.dev/interactivity/deep-linking.
func (a *artist) inside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "slack" || u.Host != "app" || u.Query().Get("team") != a.team || u.Query().Get("id") != a.app.ID {
		return ""
	}
	if u.Query().Get("tab") == tabMessages || a.app.NoHomeTab {
		return a.at.Messages()
	}
	return a.at.Conversation(inApp)
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
