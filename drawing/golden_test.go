package drawing

import (
	"bytes"
	"encoding/xml"
	"flag"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

// ownFonts are those that come with the program: golden pictures hang on no others.
var ownFonts = sync.OnceValue(func() *Fonts { return OpenFonts(nil) })

// lightStyle and darkStyle are the styles of golden pictures.
var (
	lightStyle = Style{Theme: Light, Team: "Payments", Now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	darkStyle  = Style{Theme: Dark, Team: "Payments", Now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
)

// golden compares the picture with testdata/NAME.png, pixel by pixel.
func golden(t *testing.T, name string, p Picture) {
	t.Helper()
	goldenWith(t, name, p, ownFonts())
}

// channelSlack is how much a colour may differ: processors round otherwise.
const channelSlack = 2

func goldenWith(t *testing.T, name string, p Picture, f *Fonts) {
	t.Helper()
	checkLimits(t, p)
	got, err := p.PNG(f)
	if err != nil {
		t.Fatal(err)
	}
	samePixels(t, filepath.Join("testdata", name+".png"), got, channelSlack, *update)
}

// samePixels compares what was drawn with the picture of that name, or writes it
// there. No colour may differ by more than slack.
func samePixels(t *testing.T, path string, got []byte, slack uint8, write bool) {
	t.Helper()
	if write {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, packed(t, got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	name := strings.TrimSuffix(filepath.Base(path), ".png")
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make pictures draws it)", err)
	}
	want, is := decoded(t, stored), decoded(t, got)
	if want.Rect != is.Rect {
		t.Fatalf("%s is %v, was %v", name, is.Rect.Max, want.Rect.Max)
	}
	differ := 0
	var first image.Point
	for i, v := range want.Pix {
		if max(v, is.Pix[i])-min(v, is.Pix[i]) > slack {
			if differ == 0 {
				first = image.Pt(i%want.Stride/4, i/want.Stride)
			}
			differ++
		}
	}
	if differ > 0 {
		drawn := filepath.Join(t.ArtifactDir(), name+".png")
		if err := os.WriteFile(drawn, got, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s: %d colours differ from the golden picture, the first at %v (-update keeps the new one; %s has it with -artifacts)", name, differ, first, drawn)
	}
}

// packed is the same picture in fewer bytes: what is kept is written once.
func packed(t *testing.T, data []byte) []byte {
	t.Helper()
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, decoded(t, data)); err != nil {
		t.Fatal(err)
	}
	return small.Bytes()
}

func decoded(t *testing.T, data []byte) *image.RGBA {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	pixels, plain := picture.(*image.RGBA)
	if !plain {
		t.Fatalf("the picture is a %T", picture)
	}
	return pixels
}

// checkLimits fails where a picture is larger than pictures may be, or has no words.
func checkLimits(t *testing.T, p Picture) {
	t.Helper()
	w, h := p.Width*p.scale(), p.Height*p.scale()
	switch {
	case p.Width < 1 || p.Height < 1 || p.Width > SideLimit || p.Height > SideLimit:
		t.Errorf("%s has %v x %v points", p.Title, p.Width, p.Height)
	case w*h > PixelLimit*1.01:
		t.Errorf("%s has %v x %v pixels", p.Title, w, h)
	case p.Title == "" || p.Alt == "" || len([]rune(p.Alt)) > AltLimit:
		t.Errorf("%q has the alt text %q", p.Title, p.Alt)
	}
	decoder := xml.NewDecoder(bytes.NewReader(p.SVG()))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("the SVG of %s cannot be read: %v", p.Title, err)
			return
		}
		if element, ok := token.(xml.StartElement); ok {
			switch element.Name.Local {
			case "svg", "title", "desc", "rect", "path", "text":
			default:
				t.Errorf("the SVG of %s has an element %s", p.Title, element.Name.Local)
			}
		}
	}
}
