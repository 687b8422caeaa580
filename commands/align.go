package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// menu answers the bare /align with all that needs no key.
func menu(_ context.Context, app *App, req *Request) (Reply, error) {
	run := func(label, command string) slack.BlockElement {
		return button(actionDo+":"+strings.TrimPrefix(strings.ReplaceAll(command, " ", "_"), "/"), label, "", newParams("run", command))
	}
	value := newParams()
	if req.Loaded.Team != nil {
		value.set("team", string(req.Loaded.Team.Key))
	}
	reply := tell("*What would you like to do?*",
		note("Ideas, and what they are for"), buttons(
			primary(button(actionNew, "Capture an idea", "", value)),
			run("Browse ideas", "/idea list"),
			run("My ideas", "/idea list mine"),
			run("Validate an idea", "/validate"),
			run("What is parked", "/antibacklog"),
			run("Outcomes", "/outcome"),
			run("Canvases", "/align canvas"),
			run("Roadmap board", "/align board"),
			run("Story maps", "/align map"),
			run("Checklists", "/validate checklists"),
		),
		note("The team"), buttons(
			run("Status", "/align status"),
			run("Sprint", "/align sprint"),
			run("Review", "/align review"),
			run("Backlog health", "/align health"),
			run("Session", "/align session"),
			run("Ask people", "/align ask"),
			run("Ask by role", "/align roles"),
			run("Forensic session", "/align forensic"),
			run("Probe", "/align probe"),
			run("Summary", "/align summary"),
			run("Wall", "/align wall"),
			run("Settings", "/align settings"),
		),
		note("You"), buttons(
			run("What waits for me", "/align home"),
			run("Nudges", "/align nudges"),
			run("Privacy", "/align privacy"),
			run("Help", "/align help"),
		),
	)
	if req.Loaded.Team == nil {
		reply.Tell.Blocks = append(reply.Tell.Blocks, app.noTeamHere(req)...)
	} else {
		reply.Tell.Blocks = append(reply.Tell.Blocks,
			note("This channel is the home of *", escape(req.Loaded.Team.Name), "* ("+Mrkdwn(req.Loaded.Team.Key)+")."))
	}
	reply.Tell.Text = "What would you like to do? Type " + Mrkdwn(app.command("/align help")) + " for all commands."
	return reply, nil
}

// doCommand runs the command that a button carries, as if it had been typed.
func doCommand(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	command, words, _ := strings.Cut(p.Get("run"), " ")
	entry, left := NewRouter(List(), "").Slash(command, words)
	typed := *req
	typed.Op, typed.Words, typed.Value = "do:"+req.Op, left, ""
	return app.Handle(ctx, entry, &typed)
}

// help lists what one command can do; all of them when command is "".
func help(command string) Handler {
	return func(_ context.Context, app *App, _ *Request) (Reply, error) {
		var all []slack.Block
		var lines, text []Mrkdwn // lines of one command, which fit a section
		last := ""
		for _, e := range List() {
			if e.On != Slash || command != "" && e.Name != command {
				continue
			}
			if e.Name != last && last != "" {
				all, text, lines = append(all, say(join(lines, "\n"))), append(text, lines...), nil
			}
			last = e.Name
			words := strings.TrimSpace(strings.Join([]string{app.command(e.Name), e.Word, e.Usage}, " "))
			words = strings.Join(strings.Fields(words), " ")
			lines = append(lines, Mrkdwn(fmt.Sprintf("`%s`  %s", words, e.Help)))
		}
		all, text = append(all, say(join(lines, "\n"))), append(text, lines...)
		all = append(all, note("In the menu of any message, *Capture as idea* makes an idea of it, and *Add as evidence* adds it to one. A form that you close keeps what you typed for a day."))
		if command == "" {
			all = append([]slack.Block{header("What alignbot can do")}, all...)
		}
		return Reply{Tell: &Post{Text: join(text, "\n"), Blocks: all}}, nil
	}
}

// didYouMean asks whether a word that resembles a subcommand was meant as one,
// or as the beginning of a title.
func didYouMean(bare, match Entry, rest string) Entry {
	return Entry{On: Slash, Name: bare.Name, May: bare.May, Do: func(_ context.Context, app *App, req *Request) (Reply, error) {
		meant := strings.TrimSpace(bare.Name + " " + match.Word + " " + rest)
		title := newParams("title", pipeline.Cut(pipeline.CleanLine(typed(req.Words)), pipeline.TitleLimit))
		if req.Loaded.Team != nil {
			title.set("team", string(req.Loaded.Team.Key))
		}
		run := newParams("run", meant)
		if len(run.encode()) > valueLimit {
			run = newParams("run", bare.Name+" "+match.Word)
		}
		words := Mrkdwn("I don't know “") + escape(pipeline.Cut(pipeline.CleanLine(typed(req.Words)), 60)) + "”. Did you mean this?"
		choices := []slack.BlockElement{primary(button(actionDo+":match", pipeline.Cut(typed(app.command(meant)), 70), "", run))}
		if bare.Name == "/idea" {
			choices = append(choices, button(actionNew, "No, it is a title", "", title))
		}
		return tell(words, buttons(choices...)), nil
	}}
}
