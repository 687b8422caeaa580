package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"alignbot/bot"
)

// Exit codes of the program.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitSettings = 78 // EX_CONFIG of sysexits.h: starting again without a change does not help
)

// errTold ends a command with exitFailed when everything has been said.
var errTold = errors.New("failed")

// program is one run of the program: what it was given, so that a test can
// give something else.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
}

// Main runs the program until it is done or ctx is over, and returns its exit
// code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: redacting{stderr}, environ: environ}
	root := p.commands()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var (
		wrong    *misuse
		settings *SettingsError
		stop     *bot.Stop
	)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errTold):
		return exitFailed
	case errors.As(err, &wrong):
		fmt.Fprintf(p.stderr, "alignbot: %v\nSee %s --help.\n", err, cmd.CommandPath())
		return exitUsage
	case errors.As(err, &settings), errors.As(err, &stop):
		fmt.Fprintf(p.stderr, "alignbot: %v\n", err)
		return exitSettings
	}
	fmt.Fprintf(p.stderr, "alignbot: %v\n", err)
	return exitFailed
}

// commands is the one list of what the program can be asked to do.
func (p *program) commands() *cobra.Command {
	root := group(&cobra.Command{
		Use:   "alignbot COMMAND",
		Short: "Every idea gets an outcome, evidence and a decision, in the channel where the team already talks",
		Long: "alignbot is a Slack app that you run yourself, for product teams. It keeps discovery apart from delivery: ideas are captured in the\n" +
			"channel where the team already talks, validated with checklists, tests and evidence, and only what has an outcome, evidence and a\n" +
			"decision reaches the Product Backlog; on a day that is set when it is delivered, alignbot asks what it changed. Once a day it says\n" +
			"what needs a look. Every step can be read later: who, when, why.\n\n" +
			"Try it without Slack:  alignbot demo",
		SilenceErrors:         true,
		SilenceUsage:          true,
		DisableFlagsInUseLine: true,
		CompletionOptions:     cobra.CompletionOptions{HiddenDefaultCmd: true},
	})
	root.SetUsageFunc(usage)
	root.SetFlagErrorFunc(wrongFlag)
	root.Version = "alignbot of an unknown version"
	if info, ok := debug.ReadBuildInfo(); ok {
		root.Version = versionLine(info)
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.Flags().Bool("version", false, "print the version")
	root.AddCommand(p.runCommand(), p.demoCommand(), p.slackCommand(), p.doctorCommand(), p.manifestCommand(),
		p.configCommand(), p.checklistCommand(), p.canvasCommand(), p.exportCommand(), p.holidaysCommand(), p.nudgesCommand(), p.backupCommand(), p.restoreCommand(), p.evalCommand(), p.versionCommand())
	return root
}

// settingsFlags adds --config and a flag for every setting that is no secret,
// and returns the sources as the command line gives them.
func (p *program) settingsFlags(cmd *cobra.Command) func() sources {
	flags := cmd.Flags()
	file := flags.String("config", "", "read settings from this YAML `file`; else from the one that "+envConfig+" names")
	known := defaults()
	settings := known.all()
	for _, s := range settings {
		if s.secret {
			continue // would show in the list of processes
		}
		if on, isSwitch := s.value.Interface().(bool); isSwitch {
			flags.Bool(s.flag(), on, s.usage)
		} else {
			flags.Var(newSettingFlag(s), s.flag(), s.usage)
		}
		flags.Lookup(s.flag()).Annotations = map[string][]string{isSetting: {s.key}}
	}
	return func() sources {
		from := sources{file: *file, environ: p.environ, flags: map[string]string{}}
		if from.file == "" {
			from.file = lookup(p.environ, envConfig)
		}
		flags.Visit(func(f *pflag.Flag) {
			if i := slices.IndexFunc(settings, func(s setting) bool { return s.flag() == f.Name }); i >= 0 {
				from.flags[settings[i].key] = f.Value.String()
			}
		})
		return from
	}
}

// lookup gives the value of an environment variable, "" when it is not there.
func lookup(environ []string, name string) string {
	for _, pair := range slices.Backward(environ) { // the last one counts
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}
