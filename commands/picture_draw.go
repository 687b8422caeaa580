package commands

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"alignbot/drawing"
	"alignbot/pipeline"
	"alignbot/storage"
)

// Drawing and uploading: a few at a time, each picture once.

const (
	// pictureVersion is part of what tells pictures apart: it grows when the same
	// value is drawn in another way.
	pictureVersion = 1
	// pictureLook is how often others look whether the process that draws a picture has.
	pictureLook = 250 * time.Millisecond
	// pictureLife is how long a file is shown again before it is drawn anew, and
	// pictureTroubleLife how long it is not tried again after trouble.
	pictureLife, pictureTroubleLife = 7 * 24 * time.Hour, 15 * time.Second
	// noteWithin bounds how long it takes to note what became of a picture, also when
	// everything is being stopped.
	noteWithin = 2 * time.Second
	// picturesAtOnce are drawn at the same time by one process, and picturesWaiting
	// may wait for it.
	picturesAtOnce, picturesWaiting = 2, 32
)

// Studio is where one process draws: picturesAtOnce at a time, each picture once.
type Studio struct {
	// within is how long a picture may take to be drawn and to be with Slack.
	within  time.Duration
	easels  chan struct{}
	mu      sync.Mutex
	flights map[string]*flight
}

// NewStudio gives one in which a picture may take that long to be drawn and to be with
// Slack.
func NewStudio(within time.Duration) *Studio {
	return &Studio{within: within, easels: make(chan struct{}, picturesAtOnce), flights: map[string]*flight{}}
}

// flight is the drawing of one picture, for all who want it.
type flight struct {
	done    chan struct{}
	picture storage.Picture
	err     error
}

// enter gives the flight of the picture, and whether it is the caller's to make.
func (s *Studio) enter(digest string) (f *flight, mine bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, known := s.flights[digest]; known {
		return f, false, nil
	}
	if len(s.flights) >= picturesAtOnce+picturesWaiting {
		return nil, false, &UploadTrouble{Code: troubleBusy}
	}
	f = &flight{done: make(chan struct{})}
	s.flights[digest] = f
	return f, true, nil
}

func (s *Studio) leave(digest string, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flights, digest)
	close(f.done)
}

// File goes to Slack by App.Upload.
type File struct {
	// Name with what kind of file it is, as tree.png; Title as people see it; Alt
	// says what a picture shows.
	Name, Title, Alt string
	Data             []byte
	// To is the person whose direct messages it is put into, below Words. "" for a
	// picture that blocks show.
	To    string
	Words Post
}

// UploadTrouble says that a file did not come to Slack.
type UploadTrouble struct {
	// Code is Slack's, or one of those below.
	Code string
	Err  error
}

// Codes of trouble that Slack has none for.
const (
	troubleBusy     = "busy"    // too many are being drawn
	troubleDrawing  = "drawing" // the fault is ours
	TroubleSlow     = "slow"    // it was not there in time
	TroubleNoAnswer = "no-answer"
	TroubleUnread   = "unread"  // Slack did not make it ready to be shown in time
	troubleStopped  = "stopped" // the process ends; another draws it
	troubleGone     = "gone"    // Slack does not show its file
)

func (t *UploadTrouble) Error() string { return "upload: " + t.Code }

// Unwrap gives the error underneath.
func (t *UploadTrouble) Unwrap() error { return t.Err }

// digest tells one picture from all others, by all that it is drawn from.
func (p pictured) digest(s sheet) (string, error) {
	value, err := json.Marshal(s.value)
	if err != nil {
		return "", fmt.Errorf("picture %s: %w", p.kind, err)
	}
	zone := p.team.Location()
	sum := sha256.New()
	fmt.Fprintf(sum, "%d\n%s\n%s\n%s\n%s\n%s\n%s\n", pictureVersion, p.kind, s.name, p.team.Name, drawing.Light, zone, p.now.In(zone).Format(time.DateOnly))
	sum.Write(value)
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// digests are those of all its sheets, in their order.
func (p pictured) digests() ([]string, error) {
	var all []string
	for _, s := range p.sheets {
		digest, err := p.digest(s)
		if err != nil {
			return nil, err
		}
		all = append(all, digest)
	}
	return all, nil
}

// drawPictures gives the files of all sheets: those that Slack has, and others drawn
// and uploaded, which takes its time. What a sheet has is beside its trouble, if any.
func (app *App) drawPictures(ctx context.Context, p pictured) ([]storage.Picture, error) {
	digests, err := p.digests()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, app.Studio.within)
	defer cancel()
	files := make([]storage.Picture, len(p.sheets))
	for i, s := range p.sheets {
		file, err := app.drawOnce(ctx, p, s, digests[i])
		if err != nil {
			app.Log.Warn("a picture could not be shown", "kind", p.kind, "code", troubleCode(err), "err", err)
			file = storage.Picture{Trouble: troubleCode(err)}
		}
		files[i] = file
	}
	return files, nil
}

// drawOnce joins whoever draws the same in this process, or draws it.
func (app *App) drawOnce(ctx context.Context, p pictured, s sheet, digest string) (storage.Picture, error) {
	f, mine, err := app.Studio.enter(digest)
	if err != nil {
		return storage.Picture{}, err
	}
	if mine {
		defer app.Studio.leave(digest, f)
		f.picture, f.err = app.drawShared(ctx, p, s, digest)
		return f.picture, f.err
	}
	select {
	case <-f.done:
		return f.picture, f.err
	case <-ctx.Done():
		return storage.Picture{}, ctx.Err()
	}
}

// drawShared waits for the process that draws the same, or draws it. Should that one
// end meanwhile, its lease does, and another draws it; then Slack may have two files,
// of which one is shown.
func (app *App) drawShared(ctx context.Context, p pictured, s sheet, digest string) (storage.Picture, error) {
	token := rand.Text()
	for {
		known, is, yours, err := app.Store.TakePicture(ctx, digest, token, app.Studio.within+noteWithin)
		switch {
		case err != nil:
			return storage.Picture{}, err
		case is:
			return known, nil
		case yours:
			drawn, err := app.drawAndUpload(ctx, p, s)
			life := pictureLife
			if err != nil {
				drawn, life = storage.Picture{Trouble: troubleCode(err)}, pictureTroubleLife
				app.Log.Warn("a picture did not come to Slack", "kind", p.kind, "code", drawn.Trouble, "err", err)
			}
			// Also when time is up: whoever waits for it must learn what became of it.
			if errors.Is(err, context.Canceled) {
				return storage.Picture{}, errors.Join(err, app.Store.ForgetPictures(context.WithoutCancel(ctx), digest))
			}
			keeping, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
			defer cancel()
			kept, err := app.Store.KeepPicture(keeping, digest, drawn, life)
			if err != nil {
				app.Log.Warn("what Slack has of a picture could not be noted; it will be drawn again", "kind", p.kind, "err", err)
				return drawn, nil
			}
			return kept, nil
		}
		timer := time.NewTimer(pictureLook)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return storage.Picture{}, ctx.Err()
		}
	}
}

// drawAndUpload makes the file of one sheet.
func (app *App) drawAndUpload(ctx context.Context, p pictured, s sheet) (storage.Picture, error) {
	select {
	case app.Studio.easels <- struct{}{}:
		defer func() { <-app.Studio.easels }()
	case <-ctx.Done():
		return storage.Picture{}, ctx.Err()
	}
	picture, data, err := app.drawSheet(p, s, drawing.Picture.PNG)
	if err != nil {
		return storage.Picture{}, err
	}
	id, err := app.Upload(ctx, File{Name: s.name + ".png", Title: picture.Title, Alt: picture.Alt, Data: data})
	return storage.Picture{File: id, Alt: picture.Alt, Missing: missingShown(picture.Missing)}, err
}

// drawSheet draws a sheet and writes it. A panic in there costs that one picture.
func (app *App) drawSheet(p pictured, s sheet, write func(drawing.Picture, *drawing.Fonts) ([]byte, error)) (picture drawing.Picture, data []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &UploadTrouble{Code: troubleDrawing, Err: fmt.Errorf("draw %s: panic: %v\n%s", p.kind, r, debug.Stack())}
		}
	}()
	zone := p.team.Location()
	picture = s.draw(app.Fonts, drawing.Style{Theme: drawing.Light, Team: p.team.Name, Now: startOfDay(p.now, zone), Zone: zone})
	if data, err = write(picture, app.Fonts); err != nil {
		err = &UploadTrouble{Code: troubleDrawing, Err: err}
	}
	return picture, data, err
}

// startOfDay is what a picture is dated with: it is the same all day.
func startOfDay(now time.Time, zone *time.Location) time.Time {
	year, month, day := now.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

// missingMost is how many of the characters that could not be drawn are named.
const missingMost = 10

func missingShown(missing []string) []string {
	return slices.Clone(missing[:min(len(missing), missingMost)])
}

// troubleCode is why there is no picture.
func troubleCode(err error) string {
	var trouble *UploadTrouble
	var problem *pipeline.Problem
	switch {
	case errors.Is(err, context.Canceled):
		return troubleStopped
	case errors.As(err, &trouble):
		return trouble.Code
	case errors.Is(err, context.DeadlineExceeded):
		return TroubleSlow
	case errors.As(err, &problem):
		return problem.Code
	}
	return TroubleNoAnswer
}

// pictureTrouble says what became of a picture that is not there, and what to do.
func pictureTrouble(code string) Mrkdwn {
	words := map[string]Mrkdwn{
		"missing_scope":               picturesOff,
		"no_permission":               picturesOff,
		"storage_limit_reached":       "Slack has no room left for files in this workspace. Whoever looks after the workspace can make some; then *Refresh* draws the picture.",
		"file_uploads_disabled":       "This workspace lets nobody upload files, so there is no picture. Whoever looks after the workspace can allow it.",
		"file_uploads_except_images":  "This workspace lets nobody upload this kind of file. Whoever looks after the workspace can allow it.",
		"file_type_not_allowed":       "This workspace lets nobody upload this kind of file. Whoever looks after the workspace can allow it.",
		"file_upload_size_restricted": "The picture is larger than this workspace lets files be. Go further down in it: a part of it is smaller.",
		"ratelimited":                 "Slack takes no more files for the moment. *Refresh* draws the picture in a minute.",
		troubleStopped:                "This alignbot is being stopped. *Refresh* has another draw the picture.",
		TroubleSlow:                   "Slack did not take the picture in time. *Refresh* tries again.",
		TroubleUnread:                 "Slack has the picture and did not make it ready to be shown in time. *Refresh* tries again.",
		troubleBusy:                   "Many pictures are being drawn at this moment. *Refresh* draws this one in some seconds.",
		troubleDrawing:                "The picture could not be drawn; why is in the log. Whoever runs alignbot would like to know.",
		troubleGone:                   "Slack does not show the picture any more. *Refresh* draws it anew.",
	}
	if said, known := words[code]; known {
		return said + " What it shows stands here in words."
	}
	return Mrkdwn("Slack did not take the picture (" + code + "). *Refresh* tries again. What it shows stands here in words.")
}

// picturesOff is said in place of all pictures.
const picturesOff Mrkdwn = "Pictures are off: the app lacks the scopes `files:write` and `files:read`. Whoever runs it adds them under OAuth & Permissions and installs it again."
