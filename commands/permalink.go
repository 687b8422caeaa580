package commands

import (
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

// permalink as chat.getPermalink forms it.
func (app *App) permalink(m pipeline.Message, thread string) string {
	url := app.Slack.URL + "archives/" + m.Channel + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if thread != "" && thread != m.TS {
		url += "?thread_ts=" + thread + "&cid=" + m.Channel
	}
	return url
}
