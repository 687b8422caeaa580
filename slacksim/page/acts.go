package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"alignbot/slacksim"
	"alignbot/slacksim/page/blockhtml"
)

// request is what the scripts send. Each act reads the fields it needs.
type request struct {
	As      string `json:"as"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Thread  string `json:"thread"`
	Text    string `json:"text"`

	View   string  `json:"view"`
	Input  *input  `json:"input"`
	Inputs []input `json:"inputs"`
	All    bool    `json:"all"`

	Callback string `json:"callback"`
	Emoji    string `json:"emoji"`
	Other    string `json:"other"`
	Tab      string `json:"tab"`
	Seconds  int64  `json:"seconds"`
	// Until is where the clock is moved to instead, in RFC 3339.
	Until time.Time `json:"until,omitzero"`
}

// input is what was entered into one element.
type input struct {
	Block  string   `json:"block"`
	Action string   `json:"action"`
	Type   string   `json:"type"`
	Text   string   `json:"text"`
	Values []string `json:"values"`
	Enter  bool     `json:"enter"`
}

// reply is what the scripts get. Error is a sentence for the person.
type reply struct {
	OK      bool              `json:"ok"`
	Error   string            `json:"error,omitempty"`
	Go      string            `json:"go,omitempty"` // address to go to
	Options []slacksim.Choice `json:"options,omitempty"`
	File    string            `json:"file,omitempty"`
}

// longestAdvance is how far the clock may be moved at once: the panel offers a
// day, and a year covers every wait an app can have asked for.
const longestAdvance = 366 * 24 * time.Hour

// acts are all that a person can do on the page, by the name they are posted
// to under /do/. Files go to /do/upload by themselves.
var acts = map[string]func(context.Context, *slacksim.Sim, request) (reply, error){
	"send": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		if r.Thread != "" {
			return reply{}, sim.Reply(ctx, r.As, r.Channel, r.Thread, r.Text)
		}
		return reply{}, sim.Type(ctx, r.As, r.Channel, r.Text)
	},
	"use":     use,
	"options": options,
	"submit": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		for _, in := range r.Inputs {
			if err := enter(ctx, sim, r, in); err != nil {
				return reply{}, err
			}
		}
		return reply{}, sim.Submit(ctx, r.As, r.View)
	},
	"close": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		open, err := sim.Modals(r.As)
		if err != nil || !slices.ContainsFunc(open, func(v slacksim.View) bool { return v.ID == r.View }) {
			return reply{}, err // pressed twice: it is closed already
		}
		return reply{}, sim.CloseModal(ctx, r.As, r.View, r.All)
	},
	"react": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		return reply{}, sim.React(ctx, r.As, r.Channel, r.TS, r.Emoji)
	},
	"unreact": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		return reply{}, sim.Unreact(ctx, r.As, r.Channel, r.TS, r.Emoji)
	},
	"delete": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		return reply{}, sim.DeleteMessage(ctx, r.As, r.Channel, r.TS)
	},
	"dismiss": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		return reply{}, sim.Dismiss(ctx, r.As, r.Channel, r.TS)
	},
	"shortcut": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		if r.TS != "" {
			return reply{}, sim.UseMessageShortcut(ctx, r.As, r.Callback, r.Channel, r.TS)
		}
		return reply{}, sim.UseShortcut(ctx, r.As, r.Callback)
	},
	"open": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		switch {
		case r.Channel == inApp && r.Tab == tabMessages:
			return reply{}, sim.OpenAppMessages(ctx, r.As)
		case r.Channel == inApp:
			return reply{}, sim.OpenHome(ctx, r.As)
		}
		return reply{}, sim.MarkRead(r.As, r.Channel)
	},
	"read": func(_ context.Context, sim *slacksim.Sim, r request) (reply, error) {
		if r.Channel == inApp {
			side, err := sim.Sidebar(r.As)
			if err != nil {
				return reply{}, err
			}
			r.Channel = side.AppDM
		}
		return reply{}, sim.MarkRead(r.As, r.Channel)
	},
	"write": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		id, err := sim.OpenDM(ctx, r.As, r.Other)
		if err != nil {
			return reply{}, err
		}
		who, err := sim.Person(r.As)
		if err != nil {
			return reply{}, err
		}
		return reply{Go: place{As: who, In: id}.URL()}, nil
	},
	"join": func(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
		return reply{}, sim.Join(ctx, r.As, r.Channel)
	},
	"advance": func(_ context.Context, sim *slacksim.Sim, r request) (reply, error) {
		by := time.Duration(r.Seconds) * time.Second
		if !r.Until.IsZero() {
			by = r.Until.Sub(sim.Now())
		}
		if by <= 0 || by > longestAdvance {
			return reply{}, errors.New("the clock can be moved forward only, by a year at most. It was left as it is")
		}
		sim.Advance(by)
		return reply{}, nil
	},
}

// use is a click, a choice or an entry in one element.
func use(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
	if r.Input == nil {
		return reply{}, errors.New("the page did not say which element was used. Reload it")
	}
	return reply{}, enter(ctx, sim, r, *r.Input)
}

func enter(ctx context.Context, sim *slacksim.Sim, r request, in input) error {
	text := in.Text
	if in.Type == "datetimepicker" && text != "" {
		var err error
		if text, err = blockhtml.ParseDateTime(text); err != nil {
			return err
		}
	}
	return sim.Act(ctx, r.As, target(r, in), slacksim.Input{Text: text, Values: in.Values, Enter: in.Enter})
}

// options are what a select offers for what was typed into it.
func options(ctx context.Context, sim *slacksim.Sim, r request) (reply, error) {
	if r.Input == nil {
		return reply{}, errors.New("the page did not say which menu was opened. Reload it")
	}
	found, err := sim.Choices(ctx, r.As, target(r, *r.Input), r.Input.Text)
	return reply{Options: found}, err
}

func target(r request, in input) slacksim.Target {
	t := slacksim.Target{BlockID: in.Block, ActionID: in.Action}
	if r.View != "" {
		t.ViewID = r.View
	} else {
		t.Channel, t.TS = r.Channel, r.TS
	}
	return t
}

// largestRequest is far more than Slack's longest message (40,000 characters)
// in every field of a large form.
const largestRequest = 4 << 20

func (p *page) do(w http.ResponseWriter, r *http.Request) {
	act, ok := acts[r.PathValue("act")]
	if !ok {
		answer(w, http.StatusNotFound, reply{Error: "The page asked for something that does not exist. Nothing was changed. Reload it."})
		return
	}
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		answer(w, http.StatusUnsupportedMediaType, reply{Error: "The request was not JSON. Nothing was changed. Reload the page."})
		return
	}
	var req request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestRequest)).Decode(&req); err != nil {
		answer(w, http.StatusBadRequest, reply{Error: "The request could not be read: " + sentence(err) + " Nothing was changed. Reload the page."})
		return
	}
	// What a person has begun is not taken back because the page was reloaded.
	ctx := context.WithoutCancel(r.Context())
	out, err := act(ctx, p.sim, req)
	if err != nil {
		answer(w, http.StatusConflict, reply{Error: sentence(err)})
		return
	}
	out.OK = true
	answer(w, http.StatusOK, out)
}

func answer(w http.ResponseWriter, status int, out reply) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // the reader may have gone
}

// largestFile is what one upload may have. It is held in memory.
const largestFile = 16 << 20

// upload takes one file of a form and gives its id.
func (p *page) upload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, largestFile)
	file, header, err := r.FormFile("file")
	if err != nil {
		answer(w, http.StatusBadRequest, reply{Error: fmt.Sprintf("The file could not be read; it may be larger than %d MB. Nothing was stored. Choose a smaller one.", largestFile>>20)})
		return
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		answer(w, http.StatusBadRequest, reply{Error: "The file did not arrive whole. Nothing was stored. Choose it again."})
		return
	}
	id, err := p.sim.Upload(context.WithoutCancel(r.Context()), r.FormValue("as"), header.Filename, data)
	if err != nil {
		answer(w, http.StatusConflict, reply{Error: sentence(err)})
		return
	}
	answer(w, http.StatusOK, reply{OK: true, File: id})
}
