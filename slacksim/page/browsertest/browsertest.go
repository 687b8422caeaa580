// Package browsertest drives a real browser in a test, as a person would.
//
// Chromium is looked up on the PATH. A machine without it skips the test,
// unless the environment variable ALIGNBOT_TEST_REQUIRE lists "browser": then
// the test fails.
package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Names under which Chromium is installed.
var names = []string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// shots names the directory where pictures are kept.
const shots = "ALIGNBOT_TEST_SHOTS"

// patience is how long a browser may take to show what is waited for.
const patience = 15 * time.Second

// Tab is a tab of a browser that ends with its test. Its methods fail the test
// when something cannot be done in time.
type Tab struct {
	t   testing.TB
	ctx context.Context
}

// Open starts a browser with a profile of its own and one tab of 1280 by 800
// pixels.
func Open(t testing.TB) *Tab {
	t.Helper()
	path := find()
	if path == "" {
		if slices.Contains(strings.Split(os.Getenv("ALIGNBOT_TEST_REQUIRE"), ","), "browser") {
			t.Fatal("chromium is not on the PATH, and ALIGNBOT_TEST_REQUIRE demands it. Install the package chromium")
		}
		t.Skip("chromium is not on the PATH; install it to run the tests in a browser")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // the sandbox needs rights that containers and root do not have
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-GB"),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // closes the browser and waits for it; the test has its result
		end()
		endAllocator()
	})
	tab := &Tab{t: t, ctx: ctx}
	// The first use starts the browser, which ends with the context it is given.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("cannot start %s: %v", path, err)
	}
	tab.do("watch for faults", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: collectFaults + guardAim})
		return err
	}))
	tab.Size(1280, 800)
	return tab
}

func find() string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// collectFaults keeps what went wrong in a page: errors of its scripts, files that
// were missing, with what shows them, and what its content security policy refused.
const collectFaults = `window.faults = [];
addEventListener('error', (e) => faults.push(e.message ? String(e.message) : { shows: e.target, file: String(e.target.src || e.target.href) }), true);
addEventListener('unhandledrejection', (e) => faults.push(String(e.reason)));
addEventListener('securitypolicyviolation', (e) => faults.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
`

func (tab *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tab.fail(what, err)
	}
}

func (tab *Tab) fail(what string, err error) {
	tab.t.Helper()
	shown, _ := chromedp.Run(tab.ctx, chromedp.Evaluate[string](`document.body.innerText + "\nfocus: " + document.activeElement.outerHTML.slice(0, 200)`))
	if os.Getenv(shots) != "" {
		tab.Shot("failed")
	}
	tab.t.Fatalf("cannot %s: %v\nThe page shows:\n%s", what, err, shown)
}

// Go opens an address.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.do("open "+address, chromedp.Navigate(address))
}

// Size sets the size of the window in pixels.
func (tab *Tab) Size(width, height int) {
	tab.t.Helper()
	tab.do("set the size", chromedp.EmulateViewport(int64(width), int64(height)))
}

// Dark sets whether the person prefers dark pages.
func (tab *Tab) Dark(on bool) {
	tab.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	tab.do("prefer "+scheme, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// Click clicks the first visible element of a CSS selector, once it is there
// and stands still.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.ClickText(selector, "")
}

// ClickText clicks the first visible element of a CSS selector that shows
// text, once it is there and stands still. A page that is drawn anew just then
// may move another element under the mouse: that one is not clicked, and the
// mouse goes after the one that was meant.
func (tab *Tab) ClickText(selector, text string) {
	tab.t.Helper()
	what := fmt.Sprintf("click %s %q", selector, text)
	for deadline := time.Now().Add(patience); ; {
		at, err := chromedp.Run(tab.ctx, chromedp.PollFunction[[]float64](locate, chromedp.WithPollingArgs(selector, text), chromedp.WithPollingTimeout(patience)))
		if err != nil || len(at) != 2 {
			tab.fail(what, err)
		}
		tab.do(what, chromedp.MouseClickXY(at[0], at[1]))
		// A click that opened another page hit what it was meant for.
		missed, err := chromedp.Run(tab.ctx, chromedp.Evaluate[bool]("Boolean(window.aim)"))
		if err != nil || !missed {
			return
		}
		if time.Now().After(deadline) {
			tab.fail(what, errors.New("it moves away each time"))
		}
	}
}

// guardAim keeps the mouse from everything but what locate has aimed at, until
// that is clicked. It comes before the scripts of the page.
const guardAim = `for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
  addEventListener(kind, (e) => {
    if (!window.aim) return;
    const meant = window.aim();
    if (!meant || !(meant.contains(e.target) || e.target.contains(meant))) {
      e.preventDefault();
      e.stopImmediatePropagation();
    } else if (kind === 'click') {
      window.aim = null;
    }
  }, true);
}`

// locate gives the middle of an element once nothing covers it and it is where
// it was a frame ago. Elements are found and measured in one step, because the
// page may replace them at any time.
const locate = `(selector, text = '') => {
  window.aim = () => [...document.querySelectorAll(selector)].find((e) => e.checkVisibility({visibilityProperty: true}) && e.innerText.includes(text));
  const element = window.aim();
  if (!element) return null;
  element.scrollIntoView({block: 'nearest'});
  const box = element.getBoundingClientRect();
  const at = [box.x + box.width / 2, box.y + box.height / 2];
  const hit = document.elementFromPoint(...at);
  if (!hit || !(element.contains(hit) || hit.contains(element))) return null;
  const still = String(window.located) === String(at);
  window.located = at;
  return still ? at : null;
}`

// Type clicks a field and types into it, key by key.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	tab.Click(selector)
	tab.Press(text)
}

// Press presses keys one after the other, each with the modifiers. Keys are
// characters or constants of chromedp/kb.
func (tab *Tab) Press(keys string, modifiers ...kb.Modifier) {
	tab.t.Helper()
	tab.do(fmt.Sprintf("press %q", keys), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, key := range keys {
			for _, event := range strokes(key) {
				for _, m := range modifiers {
					event.Modifiers |= int64(m)
				}
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, *event); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// strokes are the events of pressing one key. As from a keyboard, the key that
// goes down brings its character with it, so that a script that takes the key
// for itself also takes the character; events of their own would let it pass.
func strokes(key rune) []*input.DispatchKeyEventParams {
	events := kb.Encode(key)
	if len(events) == 3 {
		events[0].Type, events[0].Text, events[0].UnmodifiedText = input.DispatchKeyEventTypeKeyDown, events[1].Text, events[1].UnmodifiedText
		events = []*input.DispatchKeyEventParams{events[0], events[2]}
	}
	return events
}

// See waits until an element of a CSS selector is visible and contains text.
func (tab *Tab) See(selector, text string) {
	tab.t.Helper()
	tab.until(fmt.Sprintf("see %q in %s", text, selector), fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && e.innerText.includes(%s))`, quote(selector), quote(text)))
}

// Gone waits until no visible element of a CSS selector contains text.
func (tab *Tab) Gone(selector, text string) {
	tab.t.Helper()
	tab.until(fmt.Sprintf("see %q go from %s", text, selector), fmt.Sprintf(`![...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && e.innerText.includes(%s))`, quote(selector), quote(text)))
}

// Scroll brings the first visible element of a CSS selector that contains text to the
// top of what it scrolls in, once it is there.
func (tab *Tab) Scroll(selector, text string) {
	tab.t.Helper()
	tab.See(selector, text)
	tab.Text(fmt.Sprintf(`[...document.querySelectorAll(%s)].find((e) => e.checkVisibility() && e.innerText.includes(%s)).scrollIntoView({block: 'start', behavior: 'instant'})`, quote(selector), quote(text)))
}

// Until waits until a JavaScript expression is true.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	tab.until("see that "+expression, expression)
}

// until goes on through navigations: a page that gives way to another ends the
// wait in the first and begins it in the second.
func (tab *Tab) until(what, expression string) {
	tab.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		_, err := chromedp.Run(tab.ctx, chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(time.Until(deadline))))
		if err == nil {
			return
		}
		gone := strings.Contains(err.Error(), "navigated") || strings.Contains(err.Error(), "Cannot find context")
		if !gone || time.Now().After(deadline) {
			tab.fail(what, err)
		}
	}
}

// Text is the value of a JavaScript expression as text.
func (tab *Tab) Text(expression string) string {
	tab.t.Helper()
	s, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		tab.fail("evaluate "+expression, err)
	}
	return s
}

// NoFaults fails the test when a script failed, a file is missing, or the page's own
// policy refused something since it was opened. A file that came too late for a form
// that was closed is not missing.
func (tab *Tab) NoFaults() {
	tab.t.Helper()
	if faults := tab.Text("faults.filter((f) => !f.shows || f.shows.isConnected).map((f) => f.file ?? f).join('\\n')"); faults != "" {
		tab.t.Errorf("the page had faults:\n%s", faults)
	}
}

// Shot saves a picture of the window as name.png in the directory that the
// environment variable ALIGNBOT_TEST_SHOTS names, or else in one that goes
// with the test.
func (tab *Tab) Shot(name string) {
	tab.t.Helper()
	dir := os.Getenv(shots)
	if dir == "" {
		dir = tab.t.TempDir()
	}
	// Two frames later all that was changed is drawn, and fonts are there.
	if _, err := chromedp.Run(tab.ctx, chromedp.Evaluate[bool](`document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))`, chromedp.EvalAwaitPromise)); err != nil {
		tab.fail("wait for a picture", err)
	}
	picture, err := chromedp.Run(tab.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		tab.fail("take a picture", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}

// quote makes a JavaScript string.
func quote(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return string(out)
}
