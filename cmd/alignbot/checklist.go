package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"alignbot/pipeline"
	"alignbot/storage"
)

func (p *program) checklistCommand() *cobra.Command {
	checklist := group(&cobra.Command{
		Use:   "checklist COMMAND",
		Short: "Check, list, import and export the checklists of a team",
		Long: "A checklist is what is asked when an idea is validated. Teams read and change theirs in Slack (/validate checklists); as files\n" +
			"they can be reviewed, versioned, and shared between teams. The format is explained at the head of every exported file.",
		DisableFlagsInUseLine: true,
	})
	checklist.AddCommand(p.checklistCheckCommand(), p.checklistListCommand(), p.checklistImportCommand(), p.checklistExportCommand())
	return checklist
}

func (p *program) checklistCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a checklist without connecting to anything",
		Long: "Check reads a checklist as import would and names every mistake in it, a line each: FILE:LINE: what is wrong and what is right.\n" +
			"It connects to nothing. With - it reads stdin. Exit code 0: right; 1: something is wrong.",
		Args: oneFile("the checklist to check", "stdin"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := p.readChecklist(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s is right: %s, %s.\n", fileName(args[0]), t.Name, count(len(t.Items), "question"))
			return err
		},
	}
}

func (p *program) checklistListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the checklists of a team",
		Long:  "List prints the checklists that a team can use: the built-in ones, those it changed, and those it made.",
		Args:  noArguments,
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return open(cmd.Context(), func(at teamStore) error {
			own, err := at.store.Templates(cmd.Context(), at.team.Key)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "ID\tNAME\tORIGIN\tQUESTIONS\tREQUIRED FOR")
			for _, t := range pipeline.TemplatesOf(own) {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, originOf(t), t.Size(), requiredFor(at.team, t.ID))
			}
			return table.Flush()
		})
	}
	return cmd
}

func originOf(t pipeline.Template) string {
	_, builtIn := pipeline.FindTemplate(pipeline.BuiltIn(), t.ID)
	switch {
	case t.Version == 0:
		return "built in"
	case builtIn:
		return "changed"
	}
	return "own"
}

func requiredFor(team pipeline.Team, id pipeline.TemplateID) string {
	var stages []string
	if slices.Contains(team.Required, id) {
		stages = append(stages, string(pipeline.Validated))
	}
	if slices.Contains(team.RequiredForBacklog, id) {
		stages = append(stages, string(pipeline.Backlog))
	}
	if stages == nil {
		return "-"
	}
	return strings.Join(stages, ", ")
}

func (p *program) checklistImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Give a team a checklist from a file",
		Long: "Import puts a checklist into a team, in the place of the one with the same id. It may run while alignbot does; checklists that have\n" +
			"begun keep the questions they began with. A file that is broken is refused as check does it, and so is one that does not go\n" +
			"together with the team's other checklists. With - it reads stdin.",
		Args: oneFile("the checklist to import", "stdin"),
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		t, err := p.readChecklist(args[0])
		if err != nil {
			return err
		}
		return open(cmd.Context(), func(at teamStore) error {
			saved, err := at.save(cmd.Context(), t)
			if err != nil {
				return p.tellMistakes(args[0], err)
			}
			what := "Added"
			if _, builtIn := pipeline.FindTemplate(pipeline.BuiltIn(), t.ID); builtIn || saved.Version > 1 {
				what = "Replaced"
			}
			_, err = fmt.Fprintf(p.stdout, "%s %s (%s) of %s: %s. Checklists that have begun keep theirs.\n", what, t.Name, t.ID, at.team.Key, count(len(t.Items), "question"))
			return err
		})
	}
	return cmd
}

func (p *program) checklistExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export ID",
		Short: "Print a checklist as a file",
		Long: "Export prints a checklist with the description of its format at the head: with --team as that team has it, without as it is\n" +
			"built in, for which nothing is connected to.",
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return misusef("export needs the id of a checklist: %s ID", cmd.CommandPath())
			case len(args) > 1:
				return misusef("%s takes one id: leave out %q", cmd.CommandPath(), args[1])
			}
			return nil
		},
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		write := func(all []pipeline.Template, whose string) error {
			t, ok := pipeline.FindTemplate(all, pipeline.TemplateID(strings.ToLower(args[0])))
			if !ok {
				return unknownChecklist(args[0], all, whose)
			}
			_, err := io.WriteString(p.stdout, pipeline.FormatTemplate(t))
			return err
		}
		if !cmd.Flags().Changed(flagTeam) && !cmd.Flags().Changed(flagWorkspace) {
			return write(pipeline.BuiltIn(), "built in; --team looks among those of a team")
		}
		return open(cmd.Context(), func(at teamStore) error {
			own, err := at.store.Templates(cmd.Context(), at.team.Key)
			if err != nil {
				return err
			}
			return write(pipeline.TemplatesOf(own), "of "+string(at.team.Key))
		})
	}
	return cmd
}

func unknownChecklist(id string, all []pipeline.Template, whose string) error {
	var ids []string
	for _, t := range all {
		ids = append(ids, string(t.ID))
	}
	if near := closest(id, ids); near != "" {
		return misusef("there is no checklist %q among those %s; did you mean %s?", id, whose, near)
	}
	return misusef("there is no checklist %q among those %s. Known are: %s", id, whose, strings.Join(ids, ", "))
}

// checklistReadMost bounds what is read of a file, in bytes. It is far over what
// a checklist may have, so that the refusal can say how long the file is.
const checklistReadMost = 64 * pipeline.TemplateFileLimit

// readChecklist reads a checklist from a file, or stdin for -. What is wrong in
// it is printed, a line each; the error is errTold then.
func (p *program) readChecklist(path string) (pipeline.Template, error) {
	source, err := p.readText(path, checklistReadMost)
	if err != nil {
		return pipeline.Template{}, fmt.Errorf("the checklist cannot be read, nothing was changed: %w", err)
	}
	t, err := pipeline.ParseTemplate(source)
	return t, p.tellMistakes(path, err)
}

// tellMistakes prints what is wrong in a checklist, a line each, and gives errTold
// then; any other error comes back as it is.
func (p *program) tellMistakes(path string, err error) error {
	var wrong *pipeline.TemplateError
	if !errors.As(err, &wrong) {
		return err
	}
	for _, mistake := range wrong.Mistakes {
		at := fileName(path)
		if mistake.Line > 0 {
			at = fmt.Sprintf("%s:%d", at, mistake.Line)
		}
		fmt.Fprintf(p.stderr, "%s: %s\n", at, mistake.What)
	}
	return errTold
}

func fileName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

// Flags of the commands that work on a team.
const (
	flagWorkspace = "workspace"
	flagTeam      = "team"
)

// teamStore is one team in the state.
type teamStore struct {
	store *storage.Store
	team  pipeline.Team
}

// teamFlags adds the flags that name a team, and returns what opens the state
// for the work on it.
func (p *program) teamFlags(cmd *cobra.Command) func(ctx context.Context, work func(teamStore) error) error {
	from := p.settingsFlags(cmd)
	workspace := cmd.Flags().String(flagWorkspace, "", "`id` of the Slack workspace, such as T0123; needed where several are stored")
	team := cmd.Flags().String(flagTeam, "", "`key` of the team, such as PAY; needed where there are several")
	return func(ctx context.Context, work func(teamStore) error) error {
		settings, db, err := p.openStore(ctx, from(), beside)
		if err != nil {
			return err
		}
		defer db.Close()
		at, err := findTeam(ctx, db, *workspace, *team)
		if err == nil {
			err = work(at)
		}
		return settings.Redis.inWords(err, "What was stored before is safe.")
	}
}

// findTeam finds the team that was named, or the only one there is.
func findTeam(ctx context.Context, db *storage.DB, workspace, key string) (teamStore, error) {
	workspaces, err := db.Workspaces(ctx)
	if err != nil {
		return teamStore{}, err
	}
	workspace, err = oneOf("workspace", flagWorkspace, strings.TrimSpace(workspace), workspaces)
	if err != nil {
		return teamStore{}, err
	}
	at := teamStore{store: db.Workspace(workspace)}
	teams, err := at.store.Teams(ctx)
	if err != nil {
		return teamStore{}, err
	}
	var keys []string
	for _, team := range teams {
		keys = append(keys, string(team.Key))
	}
	key, err = oneOf("team", flagTeam, strings.ToUpper(strings.TrimSpace(key)), keys)
	if err != nil {
		return teamStore{}, err
	}
	at.team = teams[slices.Index(keys, key)]
	return at, nil
}

// oneOf gives the one that is named, or the only one there is.
func oneOf(thing, flag, named string, known []string) (string, error) {
	switch {
	case len(known) == 0:
		return "", fmt.Errorf("there is no %s in the store yet: set one up in Slack first, with /align setup in the team's channel", thing)
	case named == "" && len(known) == 1:
		return known[0], nil
	case named == "":
		return "", misusef("there is more than one %s: name one with --%s, of %s", thing, flag, strings.Join(known, ", "))
	case !slices.Contains(known, named):
		return "", misusef("there is no %s %q. Known are: %s", thing, named, strings.Join(known, ", "))
	}
	return named, nil
}

// saveTries at storing a checklist that somebody changes in Slack meanwhile.
const saveTries = 3

// save puts a checklist in the place of the team's one with the same id. It
// refuses one that does not go together with the others.
func (at teamStore) save(ctx context.Context, t pipeline.Template) (saved pipeline.Template, err error) {
	own, err := at.store.Templates(ctx, at.team.Key)
	if err != nil {
		return t, err
	}
	if err := pipeline.CheckAmong(t, own); err != nil {
		return t, err
	}
	before, _ := pipeline.FindTemplate(own, t.ID)
	for range saveTries {
		t.Version = before.Version
		saved, err = at.store.SaveTemplate(ctx, "import/"+rand.Text(), at.team.Key, t)
		var conflict *storage.TemplateConflictError
		if !errors.As(err, &conflict) {
			break
		}
		before = conflict.Current
	}
	return saved, err
}
