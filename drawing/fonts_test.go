package drawing

import (
	"encoding/binary"
	"io/fs"
	"testing"
	"testing/fstest"

	emoji "eliasnaur.com/font/noto/emoji/color"
	arabicbold "eliasnaur.com/font/noto/sans/arabic/bold"
	japanese "eliasnaur.com/font/noto/sans/jp/regular"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
)

// openedFS tells which files of a folder were opened.
type openedFS struct {
	fs.FS
	opened map[string]int
}

func (o openedFS) Open(name string) (fs.File, error) {
	o.opened[name]++
	return o.FS.Open(name)
}

func fontFolderOf(files map[string][]byte) openedFS {
	all := fstest.MapFS{}
	for name, data := range files {
		all[name] = &fstest.MapFile{Data: data}
	}
	return openedFS{all, map[string]int{}}
}

// worldFonts are own fonts and those of a folder with Japanese and emoji.
func worldFonts() (*Fonts, openedFS) {
	folder := fontFolderOf(map[string][]byte{
		"opentype/noto/NotoSansJP-Regular.otf": japanese.TTF,
		"truetype/NotoColorEmoji.ttf":          emoji.TTF,
		"truetype/broken.ttf":                  []byte("no font"),
		"truetype/short.otf":                   japanese.TTF[:5000],
		"readme.txt":                           []byte("fonts"),
	})
	return OpenFonts(folder), folder
}

func TestTheFolderIsReadWhenALetterNeedsIt(t *testing.T) {
	f, folder := worldFonts()
	f.wrap("Latin, Ελληνικά, Кириллица, عربي", bodyFace, 400, 3)
	if len(folder.opened) > 0 {
		t.Errorf("opened for own letters: %v", folder.opened)
	}
	for text, missing := range map[string]int{"漢字": 0, "👩🏽‍💻 ✅": 0, "हिन्दी": 2} {
		if l := f.wrap(text, bodyFace, 400, 1).lines[0]; len(l.missing) != missing {
			t.Errorf("%s misses %q", text, l.missing)
		}
	}
	if folder.opened["readme.txt"] > 0 {
		t.Error("a text was opened as a font")
	}
	before := folder.opened["opentype/noto/NotoSansJP-Regular.otf"]
	f.wrap("漢字", bodyFace, 400, 1)
	if after := folder.opened["opentype/noto/NotoSansJP-Regular.otf"]; after != before {
		t.Errorf("opened %d times, then %d", before, after)
	}
}

func TestFontsThatAreNotUsedAreClosed(t *testing.T) {
	f, _ := worldFonts()
	f.folder.memory = 11 << 20 // emoji, or Japanese, not both
	for range 2 {
		for _, text := range []string{"漢", "🎉"} {
			if l := f.wrap(text, bodyFace, 400, 1).lines[0]; len(l.missing) > 0 {
				t.Errorf("misses %q", l.missing)
			}
			open := 0
			for _, font := range f.folder.fonts {
				if font.open != nil {
					open++
				}
			}
			if open != 1 {
				t.Errorf("%d fonts are open after %s", open, text)
			}
		}
	}
}

func TestUprightFontsComeFirst(t *testing.T) {
	folder := fontFolderOf(map[string][]byte{
		"a-italic.ttf": goitalic.TTF, "b-mono.ttf": gomono.TTF, "c-bold.ttf": arabicbold.TTF, "d.otf": japanese.TTF,
	})
	f := OpenFonts(folder)
	f.wrap("漢", bodyFace, 100, 1)
	var names []string
	for _, font := range f.folder.fonts {
		names = append(names, font.name)
	}
	if names[0] != "d.otf" || names[1] != "c-bold.ttf" {
		t.Errorf("the order is %v", names)
	}
}

func TestTheFirstFontOfACollectionIsUsed(t *testing.T) {
	f := OpenFonts(fontFolderOf(map[string][]byte{"fonts.ttc": collectionOf(japanese.TTF)}))
	if l := f.wrap("漢字", bodyFace, 400, 1).lines[0]; len(l.missing) > 0 {
		t.Errorf("misses %q", l.missing)
	}
}

// collectionOf puts one font into a collection
// (https://learn.microsoft.com/typography/opentype/spec/otff#ttc-header).
func collectionOf(font []byte) []byte {
	const head = 16
	ttc := append([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10"), font...)
	for i := range int(binary.BigEndian.Uint16(font[4:])) { // tables are found from the start of the file
		at := ttc[head+12+16*i+8:]
		binary.BigEndian.PutUint32(at, binary.BigEndian.Uint32(at)+head)
	}
	return ttc
}

func TestAFolderThatIsNotThereIsNoFolder(t *testing.T) {
	sub, err := fs.Sub(fstest.MapFS{}, "missing")
	if err != nil {
		t.Fatal(err)
	}
	if l := OpenFonts(sub).wrap("a漢", bodyFace, 400, 1).lines[0]; len(l.missing) != 1 {
		t.Errorf("misses %q", l.missing)
	}
}
