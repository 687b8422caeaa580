package commands

import (
	"regexp"
	"strings"

	"alignbot/pipeline"
)

// source of an idea that came from a message, with the link Slack would give:
// it is made of the ids alone, so no call is needed for it.
func (app *App) source(m pipeline.Message, thread string) pipeline.Source {
	s := pipeline.Source{Message: m, Thread: thread}
	if s.Thread == "" {
		s.Thread = m.TS
	}
	s.Permalink = app.permalink(m, thread)
	return s
}

// begunFrom is the message that a form was begun from; the zero value for none,
// or for what cannot be a message of Slack's.
func (app *App) begunFrom(m metadata) pipeline.Source {
	if !messagePart.MatchString(m.From.Channel) || !messagePart.MatchString(m.From.TS) || m.Thread != "" && !messagePart.MatchString(m.Thread) {
		return pipeline.Source{}
	}
	return app.source(m.From, m.Thread)
}

// messagePart is what Slack names channels and messages with.
var messagePart = regexp.MustCompile(`^[A-Z0-9.]{1,40}$`)

// permalink as chat.getPermalink forms it.
func (app *App) permalink(m pipeline.Message, thread string) string {
	url := app.Slack.URL + "archives/" + m.Channel + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if thread != "" && thread != m.TS {
		url += "?thread_ts=" + thread + "&cid=" + m.Channel
	}
	return url
}
