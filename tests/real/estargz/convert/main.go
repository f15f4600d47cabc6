// estargz LAYER.tar OUTPUT.tar.gz [PATH…] converts a layer as stargz-snapshotter's tools do: the files that are named
// stand in front of the prefetch landmark, in that order.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/containerd/stargz-snapshotter/estargz"
)

func convert(layer, output string, first []string) error {
	input, err := os.Open(layer)
	if err != nil {
		return err
	}
	defer input.Close()
	info, err := input.Stat()
	if err != nil {
		return err
	}
	blob, err := estargz.Build(io.NewSectionReader(input, 0, info.Size()), estargz.WithPrioritizedFiles(first))
	if err != nil {
		return err
	}
	defer blob.Close()
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, blob); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	fmt.Println(blob.DiffID())
	return nil
}

func main() {
	if err := convert(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
