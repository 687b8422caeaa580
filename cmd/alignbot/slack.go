package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"alignbot/slacksim"
)

func (p *program) slackCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "slack",
		Short: "Run the local Slack alone, to point a bot at",
		Long: "Slack runs a stand-in for Slack on this machine: Web API, Socket Mode and a page to act as its people.\n" +
			"It prints what a bot has to be given to run against it: alignbot run, or any other whose library lets it choose\n" +
			"the address of the Web API.",
		Args: noArguments,
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
		return slacksim.Workspace{}, fmt.Errorf("the workspace file %s cannot be read: %s. Nothing was started", path, reasonOf(err))
	}
	defer file.Close()
	workspace, err := slacksim.LoadWorkspace(file)
	if err != nil {
		return slacksim.Workspace{}, fmt.Errorf("the workspace file cannot be used as it is:\n  %s\nNothing was started. docs/workspace.example.yaml shows all that can be in one",
			strings.Join(workspaceFaults(path, err), "\n  "))
	}
	return workspace, nil
}

// unknownKey is how the YAML library names a key that it has no place for.
var unknownKey = regexp.MustCompile(`^field (\S+) not found in type \S+$`)

// yamlWords puts the library's names of kinds of values into words.
var yamlWords = strings.NewReplacer("!!seq", "a list", "!!map", "a section", "!!str ", "", "!!int ", "", "!!float ", "", "!!bool ", "", "!!timestamp ", "")

// workspaceFaults says one line about each thing that is wrong with the file.
func workspaceFaults(path string, err error) []string {
	var mismatch *yaml.TypeError
	if !errors.As(err, &mismatch) {
		_, syntax, found := strings.Cut(err.Error(), "yaml: ") // what goes before and behind says where to look for help
		if found {
			syntax, _, _ = strings.Cut(syntax, ". ")
			return []string{path + ": " + syntax}
		}
		faults := strings.Split(err.Error(), "\n")
		for i := range faults {
			faults[i] = path + ": " + faults[i]
		}
		return faults[min(1, len(faults)-1):] // the first says that there are some
	}
	var faults []string
	for _, said := range mismatch.Errors {
		line, reason, _ := strings.Cut(strings.TrimPrefix(said, "line "), ": ")
		if key := unknownKey.FindStringSubmatch(reason); key != nil {
			reason = "there is no key " + key[1]
		} else if value, _, ok := strings.Cut(strings.TrimPrefix(reason, "cannot unmarshal "), " into "); ok {
			reason = "this is not what belongs here: " + yamlWords.Replace(value)
		}
		faults = append(faults, path+":"+line+": "+reason)
	}
	return faults
}

// localWorkspace is the sample workspace with alignbot installed as its own
// manifest describes it, so that a missing scope or command shows here first.
func localWorkspace() slacksim.Workspace {
	w := slacksim.Sample()
	with := features{captureReaction: true}
	m := newManifest(with)
	w.App.Scopes, w.App.Events = m.OAuth.Scopes.Bot, m.Settings.Events.Bot
	w.App.ReadOnlyChat = m.Features.Home.ReadOnly
	w.App.Commands, w.App.Shortcuts = nil, nil
	for _, c := range m.Features.Commands {
		w.App.Commands = append(w.App.Commands, slacksim.Command{Name: c.Command, Description: c.Description, UsageHint: c.Hint, RawText: !c.Escape})
	}
	for _, s := range m.Features.Shortcuts {
		w.App.Shortcuts = append(w.App.Shortcuts, slacksim.Shortcut{Name: s.Name, CallbackID: s.Callback, Description: s.Description, Type: s.Type})
	}
	return w
}
