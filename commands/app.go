package commands

import (
	"context"
	"log/slog"
	"time"

	"alignbot/drawing"
	"alignbot/pipeline"
	"alignbot/storage"
)

// App is what handlers work with.
type App struct {
	Store  *storage.Store
	Policy pipeline.Policy
	Slack  Workspace
	// Prefix of every slash command for workspaces where the names are taken:
	// "acme-" makes /acme-idea. "" for none.
	Prefix string
	// Lookup finds out about a person of the workspace by user id; answers
	// come from memory where they can.
	Lookup func(ctx context.Context, user string) (pipeline.Person, error)
	// Members are the people of a channel, Group those of a user group, whoever
	// they are: bots and deactivated ones too. Groups are the workspace's user
	// groups. What Slack has not told in time is a *pipeline.Problem that says so;
	// it is asked on, so that the next call can answer.
	Members func(ctx context.Context, channel string) ([]pipeline.Person, error)
	Group   func(ctx context.Context, group string) ([]pipeline.Person, error)
	Groups  func(ctx context.Context) ([]UserGroup, error)
	// People are the facts about many at once, in the order of their ids. It takes as
	// long as Slack lets it take. The error is one for people to read.
	People func(ctx context.Context, users []string) ([]pipeline.Person, error)
	// Admins are the workspace's, also those who cannot act; with the error of ctx where
	// Slack has not told in time: it is asked on, so that a later call can answer.
	Admins func(ctx context.Context) ([]pipeline.Person, error)
	// Disturb tells which of the people may be sent something now, by the clock that it
	// is asked with: the store's, which all processes share. Whom Slack does not
	// know may. It gives Unknown rather than wait for long. nil where the app may not
	// ask.
	Disturb func(ctx context.Context, now time.Time, users []string) map[string]pipeline.Disturb
	// Pins pins messages to their channels; nil where the app may not.
	Pins Pins
	// NoCanvases: the app may not write canvases of Slack.
	NoCanvases bool
	// Studio is where pictures are drawn with Fonts, and Upload brings files to Slack; its
	// errors are *UploadTrouble. Any nil: no pictures, and everything in words.
	Studio *Studio
	Fonts  *drawing.Fonts
	Upload func(ctx context.Context, f File) (id string, err error)
	// Go runs what takes many seconds behind everything that somebody waits for, until
	// the program ends; what it does ends with its context. nil: nothing is.
	Go func(do func(ctx context.Context))
	// Suggester asks a language model what ideas are for, beside what comparing
	// texts finds; nil where none is configured. Then AskModel must run.
	Suggester *Suggester
	// Clock of what alignbot does by itself, nil for the computer's; what people do
	// has the moment in its Request.
	Clock func() time.Time
	Log   *slog.Logger
}

// Pins pins messages to their channels.
type Pins interface {
	// Pin and Unpin a message. What Slack refuses is its code, "too_many_pins"; ""
	// where it is done, or was already. An error may be over at the next try.
	Pin(ctx context.Context, m pipeline.Message) (refused string, err error)
	Unpin(ctx context.Context, m pipeline.Message) (refused string, err error)
	// Pinned tells whether a message is pinned; known is false where Slack does not
	// tell.
	Pinned(ctx context.Context, m pipeline.Message) (is, known bool)
}

// UserGroup of a workspace.
type UserGroup struct {
	ID string
	// Handle after the @, and the Name.
	Handle, Name string
}

// Workspace is where the app is installed, as auth.test told.
type Workspace struct {
	ID string
	// URL of the workspace with a slash at the end, to make permalinks.
	URL string
	// AppID, BotID, BotUser are the app's own ids.
	AppID, BotID, BotUser string
	// BotName as people type it after @.
	BotName string
}

// name of a person for places where a mention would ping, with a word about who has
// left; never fails.
func (app *App) name(ctx context.Context, user string) string {
	p, err := app.Lookup(ctx, user)
	switch {
	case err != nil || p.Name == "":
		return "a colleague"
	case p.Deactivated:
		return p.Name + " (has left)"
	}
	return p.Name
}

// command as people of this workspace type it: "/idea list" becomes
// "/acme-idea list" where the prefix is "acme-".
func (app *App) command(typed string) string { return "/" + app.Prefix + typed[1:] }

// Now is the moment for what alignbot does by itself.
func (app *App) Now() time.Time {
	if app.Clock == nil {
		return time.Now()
	}
	return app.Clock()
}
