package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"alignbot/storage"
)

func (p *program) backupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write everything that is stored to a file, or to stdout with -",
		Long: "Backup writes everything that alignbot has stored as JSON lines with a checksum at the end. It may run while alignbot does.\n" +
			"The file holds what people wrote: keep it as safe as Redis itself. It is complete only when this command ends without an error;\n" +
			"then it takes the place of a file that has its name.",
		Args: oneFile("the file to write", "stdout"),
	}
	from := p.settingsFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, db, err := p.openStore(cmd.Context(), from(), beside)
		if err != nil {
			return err
		}
		defer db.Close()
		progress := p.progress("backup")
		write := func(w io.Writer) error { return db.Backup(cmd.Context(), w, progress.report) }
		safe := "What was written to stdout is not a whole backup; nothing that is stored was changed."
		if args[0] == "-" {
			err = write(p.stdout)
		} else {
			safe = "No file was written; nothing was changed."
			err = writeWhole(args[0], write)
		}
		progress.end()
		if err != nil {
			return fmt.Errorf("the backup is not complete: %w", settings.Redis.inWords(err, safe))
		}
		return nil
	}
	return cmd
}

func (p *program) restoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup into an empty store",
		Long: "Restore checks the whole file first, then writes it into the store, which has to be empty. Stop alignbot before.\n" +
			"With - it reads stdin.",
		Args: oneFile("the file to read", "stdin"),
	}
	from := p.settingsFlags(cmd)
	dry := cmd.Flags().Bool("dry-run", false, "check the file and the store, write nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		in := p.stdin
		if args[0] != "-" {
			file, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("the backup cannot be read, nothing was changed: %w", err)
			}
			defer file.Close()
			if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
				return fmt.Errorf("%s is empty, so it is no backup. Nothing was changed. Use another copy", args[0])
			}
			in = file
		}
		settings, db, err := p.openStore(cmd.Context(), from(), alone)
		if err != nil {
			return err
		}
		defer db.Close()
		progress := p.progress("restore")
		summary, err := db.Restore(cmd.Context(), in, storage.RestoreOptions{DryRun: *dry}, progress.report)
		progress.end()
		if err != nil {
			return settings.Redis.inWords(err, "Nothing was changed.")
		}
		verb := "Restored"
		if *dry {
			verb = "Nothing was written. The backup is whole and would restore"
		}
		_, err = fmt.Fprintf(p.stdout, "%s what was stored on %s: %s, %s, %s, %s, %s, in %s.\n",
			verb, summary.Created.UTC().Format("2 Jan 2006 15:04 MST"), count(summary.Ideas, "idea"), count(summary.Teams, "team"), count(summary.Drafts, "draft"),
			count(summary.Outgoing, "post"), count(summary.Operations, "operation"), count(summary.Workspaces, "workspace"))
		return err
	}
	return cmd
}

// count is a number of things: 1 team, 2 teams.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// company says whether alignbot may run on the state meanwhile.
type company bool

const (
	alone  company = false
	beside company = true
)

// openStore opens the state for a command that works on it and ends.
func (p *program) openStore(ctx context.Context, from sources, with company) (Settings, *storage.DB, error) {
	settings, err := from.load(checkRedis, checkLog)
	if err != nil {
		return Settings{}, nil, err
	}
	how := settings.Storage()
	how.Beside = with == beside
	db, err := storage.Open(ctx, how, newLogger(p.stderr, settings.Log))
	return settings, db, err
}

// writeWhole writes a file that is there complete or not at all, readable by
// its owner only.
func writeWhole(path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // does nothing once it is renamed
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// progress tells on stderr how far long work has come: in place when that is a
// terminal, else now and then.
type progress struct {
	to         io.Writer
	verb       string
	inPlace    bool
	step       int // records between two tellings
	done, told int
}

func (p *program) progress(verb string) *progress {
	shown := &progress{to: p.stderr, verb: verb, inPlace: isTerminal(p.stderr), step: 20_000}
	if shown.inPlace {
		shown.step = 500
	}
	return shown
}

func (p *progress) report(done int) {
	if p.done = done; done >= p.told+p.step {
		p.told = done
		p.tell(!p.inPlace)
	}
}

// end tells how far the work came, unless nothing was written.
func (p *progress) end() {
	if p.done > 0 {
		p.tell(true)
	}
}

func (p *progress) tell(line bool) {
	before, after := "", ""
	if p.inPlace {
		before = "\r"
	}
	if line {
		after = "\n"
	}
	fmt.Fprintf(p.to, "%s%s: %s written%s", before, p.verb, count(p.done, "record"), after)
}

func isTerminal(w io.Writer) bool {
	if r, ok := w.(redacting); ok {
		w = r.to
	}
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
