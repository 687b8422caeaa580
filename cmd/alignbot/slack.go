package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"alignbot/slacksim"
)

func (p *program) slackCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "slack",
		Short: "Run the local Slack alone, to point a bot at",
		Long: "Slack runs a stand-in for Slack on this machine: Web API, Socket Mode and a page to act as its people.\n" +
			"It prints what a bot has to be given to run against it: alignbot run, or any other whose library lets it choose\n" +
			"the address of the Web API.",
		Args: cobra.NoArgs,
	}
	listen := cmd.Flags().String("listen", localListen, "`address` of the page and the Web API; port 0 takes any free one")
	file := cmd.Flags().String("workspace", "", "people, channels, app and tokens from this YAML `file`; else the sample")
	data := cmd.Flags().String("data", "", "keep messages and forms in this `directory`, for the next start")
	logs := cmd.Flags().String("log-level", "info", logUsage)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		log := LogSettings{Level: *logs, Format: "text"}
		if err := checkAll(Settings{Log: log}, checkLog); err != nil {
			return err
		}
		workspace := localWorkspace()
		if *file != "" {
			var err error
			if workspace, err = readWorkspace(*file); err != nil {
				return err
			}
		}
		sim, err := startLocalSlack("slack", slacksim.Options{
			Workspace: workspace, Listen: *listen, Dir: *data, Logger: newLogger(p.stderr, log),
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, `A local Slack runs. Open it in a browser:

    %s

Point a bot at it. These tokens are worth nothing elsewhere:

    export ALIGNBOT_SLACK_API_URL=%s
    export ALIGNBOT_SLACK_BOT_TOKEN=%s
    export ALIGNBOT_SLACK_APP_TOKEN=%s

Press Ctrl-C to end.
`, sim.URL(), sim.APIURL(), sim.BotToken(), sim.AppToken())
		<-cmd.Context().Done()
		return sim.Close()
	}
	return cmd
}

func readWorkspace(path string) (slacksim.Workspace, error) {
	file, err := os.Open(path)
	if err != nil {
		return slacksim.Workspace{}, fmt.Errorf("the workspace file cannot be read: %w", err)
	}
	defer file.Close()
	return slacksim.LoadWorkspace(file)
}

// localWorkspace is the sample workspace with alignbot installed as its own
// manifest describes it, so that a missing scope or command shows here first.
func localWorkspace() slacksim.Workspace {
	w := slacksim.Sample()
	with := features{captureReaction: true}
	m := newManifest(with)
	w.App.Scopes, w.App.Events = m.OAuth.Scopes.Bot, m.Settings.Events.Bot
	w.App.Commands, w.App.Shortcuts = nil, nil
	for _, c := range m.Features.Commands {
		w.App.Commands = append(w.App.Commands, slacksim.Command{Name: c.Command, Description: c.Description, UsageHint: c.Hint, RawText: !c.Escape})
	}
	for _, s := range m.Features.Shortcuts {
		w.App.Shortcuts = append(w.App.Shortcuts, slacksim.Shortcut{Name: s.Name, CallbackID: s.Callback, Description: s.Description, Type: s.Type})
	}
	return w
}
