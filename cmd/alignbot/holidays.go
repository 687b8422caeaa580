package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"alignbot/pipeline"
	"alignbot/storage"
)

func (p *program) holidaysCommand() *cobra.Command {
	holidays := group(&cobra.Command{
		Use:   "holidays COMMAND",
		Short: "Import and export the holidays of a team",
		Long: "On its holidays a team gets no nudge, and neither do people for what waits in it. Product owners change them in Slack, in the\n" +
			"team's settings; a calendar file is imported here.",
		DisableFlagsInUseLine: true,
	})
	holidays.AddCommand(p.holidaysImportCommand(), p.holidaysExportCommand())
	return holidays
}

func (p *program) holidaysImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Give a team the holidays of a calendar file (.ics) or of a list",
		Long: "Import reads a calendar file (.ics), or lines such as 2026-12-25 Christmas Day and 2026-12-24 to 2027-01-01 Company closed, and\n" +
			fmt.Sprintf("adds them to the team's holidays. What comes again is noted for the next %d years: import the file again before they are over.\n", pipeline.HolidayYears) +
			"Events without a whole day are left out. A file that is broken is refused, with the lines to correct. With - it reads stdin.",
		Args: oneFile("the holidays to import", "stdin"),
	}
	open := p.teamFlags(cmd)
	replace := cmd.Flags().Bool("replace", false, "put them in the place of the holidays that the team has")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := p.readText(args[0], holidaysReadMost+1)
		if err == nil && len(text) > holidaysReadMost {
			err = fmt.Errorf("it is longer than %d MB, so it holds more than holidays", holidaysReadMost>>20)
		}
		if err != nil {
			return fmt.Errorf("the holidays cannot be read, nothing was changed: %w", err)
		}
		return open(cmd.Context(), func(at teamStore) error {
			now := time.Now()
			read, err := pipeline.ParseHolidays(text, now.In(at.team.Location()), at.team.Location())
			var problem *pipeline.Problem
			if errors.As(err, &problem) {
				fmt.Fprintf(p.stderr, "%s is not imported. %s\n", fileName(args[0]), problem.Fields[pipeline.FieldHolidays])
				return errTold
			}
			had, err := at.store.Holidays(cmd.Context(), at.team.Key)
			if err != nil {
				return err
			}
			days := read.Days
			if !*replace {
				days = append(days, had.Days...)
			}
			changed, err := pipeline.SetHolidays(had, "", days, now)
			if errors.As(err, &problem) {
				fmt.Fprintf(p.stderr, "%s is not imported. %s\n", fileName(args[0]), problem.Fields[pipeline.FieldHolidays])
				return errTold
			}
			if _, err := at.store.ChangeHolidays(cmd.Context(), "holidays:"+rand.Text(), changed, storage.Slot{}); err != nil {
				return err
			}
			added := slices.DeleteFunc(slices.Clone(changed.Days), func(day pipeline.Holiday) bool { return slices.Contains(had.Days, day) })
			said := fmt.Sprintf("%s has %s now, %d of them new. %s", at.team.Key, count(len(changed.Days), "holiday"), len(added), read.Words())
			_, err = fmt.Fprintln(p.stdout, strings.TrimSpace(said))
			return err
		})
	}
	return cmd
}

func (p *program) holidaysExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print the holidays of a team, one a line",
		Long:  "Export prints the team's holidays as import reads them.",
		Args:  noArguments,
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return open(cmd.Context(), func(at teamStore) error {
			had, err := at.store.Holidays(cmd.Context(), at.team.Key)
			if err != nil {
				return err
			}
			_, err = io.WriteString(p.stdout, had.Days.Text())
			return err
		})
	}
	return cmd
}

// holidaysReadMost bounds what is read of a file, in bytes: more than five thousand
// events take.
const holidaysReadMost = 32 << 20

// readText reads a file, or stdin for -, up to so many bytes.
func (p *program) readText(path string, most int64) (string, error) {
	in := p.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, most))
	return string(text), err
}
