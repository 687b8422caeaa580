package bot

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/commands"
	"alignbot/pipeline"
)

const (
	// uploadAltMost is how long the words are that Slack keeps beside a file.
	// https://docs.slack.dev/reference/methods/files.getUploadURLExternal
	uploadAltMost = 1000
	// readyFirst and readyMost bound the growing pause between two looks whether a
	// picture can be shown.
	readyFirst, readyMost = 50 * time.Millisecond, 2 * time.Second
)

// upload brings a file to Slack, and gives its id. A picture for blocks is one that
// they can show then. The error is a *commands.UploadTrouble.
// https://docs.slack.dev/messaging/working-with-files
func (w *sender) upload(ctx context.Context, f commands.File) (id string, err error) {
	defer func() {
		if err != nil {
			err = uploadTrouble(err)
		}
	}()
	var place *slack.GetUploadURLExternalResponse
	err = w.botCall(ctx, "files.getUploadURLExternal", func(ctx context.Context) (err error) {
		place, err = w.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{
			FileName: f.Name, FileSize: len(f.Data), AltTxt: pipeline.Cut(f.Alt, uploadAltMost),
		})
		return err
	})
	if err != nil {
		return "", err
	}
	err = w.call(ctx, "upload", func(ctx context.Context) error {
		return w.api.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: place.UploadURL, Reader: bytes.NewReader(f.Data), Filename: f.Name})
	})
	if err != nil {
		return "", err
	}
	complete := slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: place.FileID, Title: f.Title}}}
	if f.To != "" {
		m, err := w.post(ctx, f.To, "", f.Words) // which also tells what conversation that is
		if err != nil {
			return "", err
		}
		complete.Channel = m.Channel
	}
	err = w.botCall(ctx, "files.completeUploadExternal", func(ctx context.Context) error {
		_, err := w.api.CompleteUploadExternalContext(ctx, complete)
		return err
	})
	if err != nil || f.To != "" {
		return place.FileID, err
	}
	return place.FileID, w.untilReady(ctx, place.FileID)
}

// untilReady waits until Slack has read a picture: before that, blocks that show it
// are refused.
func (w *sender) untilReady(ctx context.Context, id string) error {
	again := backoff{first: readyFirst, most: readyMost}
	for {
		var info *slack.File
		err := w.botCall(ctx, "files.info", func(ctx context.Context) (err error) {
			info, _, _, err = w.api.GetFileInfoContext(ctx, id, 0, 0)
			return err
		})
		switch {
		case err == nil && strings.HasPrefix(info.Mimetype, "image/"):
			return nil
		case err == nil && info.Mimetype != "":
			return &commands.UploadTrouble{Code: commands.TroubleUnread, Err: errors.New("Slack does not take it for a picture, but for " + info.Mimetype)}
		case err != nil && !mayBeRetried(err):
			return err
		}
		d := again.next()
		var refused *SlackError
		if errors.As(err, &refused) {
			d = max(d, refused.After)
		}
		if !pause(ctx, d) {
			return &commands.UploadTrouble{Code: commands.TroubleUnread, Err: ctx.Err()}
		}
	}
}

// uploadTrouble gives an error the code by which it is put in words.
func uploadTrouble(err error) error {
	var known *commands.UploadTrouble
	if errors.As(err, &known) {
		return err
	}
	trouble := &commands.UploadTrouble{Code: codeOf(err), Err: err}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		trouble.Code = commands.TroubleSlow
	case remedyOf(err) == throttled:
		trouble.Code = codeThrottled
	}
	return trouble
}
