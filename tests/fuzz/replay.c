/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeds files to a fuzzing harness, one after the other: what `make test` does with the corpora. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *in = fopen(argv[i], "rb");
		if (!in || fseek(in, 0, SEEK_END) != 0) {
			perror(argv[i]);
			return 3;
		}
		size_t size = (size_t)ftell(in);
		uint8_t *data = malloc(size + 1);
		rewind(in);
		if (!data || fread(data, 1, size, in) != size) {
			perror(argv[i]);
			return 3;
		}
		fclose(in);
		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput(data, size);
		free(data);
	}
	return 0;
}
