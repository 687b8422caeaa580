package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// misuse is a command line that was not understood.
type misuse struct{ reason string }

func (m *misuse) Error() string { return m.reason }

func misusef(format string, args ...any) error { return &misuse{fmt.Sprintf(format, args...)} }

// noArguments is for commands that are told everything by flags.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misusef("%s takes nothing but flags: leave out %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// oneFile is for commands that work on one file, or on a stream given as -.
func oneFile(purpose, stream string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return misusef("%s needs %s: %s FILE (or - for %s)", cmd.Name(), purpose, cmd.CommandPath(), stream)
		case len(args) > 1:
			return misusef("%s takes one file: leave out %q", cmd.CommandPath(), args[1])
		}
		return nil
	}
}

// group makes cmd only lead to its commands: alone it explains them.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.SuggestionsMinimumDistance = 2
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		reason := fmt.Sprintf("there is no command %s %s", cmd.CommandPath(), args[0])
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			reason += fmt.Sprintf("; did you mean %s %s?", cmd.CommandPath(), near[0])
		}
		return &misuse{reason}
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// wrongFlag says what is wrong with a flag.
func wrongFlag(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		bare    *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return misusef("there is no flag -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		known := defaults()
		for _, s := range known.all() {
			if s.secret && s.flag() == unknown.GetSpecifiedName() {
				return misusef("there is no flag --%s, because flags show in the list of processes: set %s", s.flag(), s.env())
			}
		}
		reason := "there is no flag --" + unknown.GetSpecifiedName()
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := closest(unknown.GetSpecifiedName(), names); near != "" {
			reason += "; did you mean --" + near + "?"
		}
		return &misuse{reason}
	case errors.As(err, &bare):
		return misusef("--%s needs a value", bare.GetFlag().Name)
	case errors.As(err, &invalid):
		return misusef("--%s cannot be %q", invalid.GetFlag().Name, invalid.GetValue())
	}
	return &misuse{err.Error()}
}

// settingFlag is the text of a setting on the command line. What it means is
// found out with that of the other sources.
type settingFlag struct{ text, kind string }

func (f *settingFlag) String() string        { return f.text }
func (f *settingFlag) Set(text string) error { f.text = text; return nil }

// Type is shown by --help in the place of the value.
func (f *settingFlag) Type() string { return f.kind }

func newSettingFlag(s setting) *settingFlag {
	value := s.value.Interface()
	f := &settingFlag{text: fmt.Sprint(value), kind: "text"}
	switch value.(type) {
	case time.Duration:
		f.kind = "duration"
	case int:
		f.kind = "number"
	}
	return f
}

// isSetting marks, as an annotation, the flags that are settings.
const isSetting = "setting"

// usage writes how a command is used. The flags of its own come first; the
// settings, which are the same for many commands, are explained once, by run.
func usage(cmd *cobra.Command) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		text.WriteString("\nCommands:\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(&text, "  %-*s  %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	own, settings := pflag.NewFlagSet("", pflag.ContinueOnError), pflag.NewFlagSet("", pflag.ContinueOnError)
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Annotations[isSetting] != nil {
			settings.AddFlag(f)
		} else {
			own.AddFlag(f)
		}
	})
	fmt.Fprintf(&text, "\nFlags:\n%s", own.FlagUsages())
	switch {
	case !settings.HasFlags():
	case cmd.Name() == nameRun:
		fmt.Fprintf(&text, "\nSettings:\n%s", settings.FlagUsages())
	default:
		fmt.Fprintf(&text, "\nSettings are given as for run: see %s %s --help.\n", cmd.Root().Name(), nameRun)
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&text, "\n%s COMMAND --help explains a command.\n", cmd.CommandPath())
	}
	_, err := fmt.Fprint(cmd.OutOrStderr(), text.String())
	return err
}
