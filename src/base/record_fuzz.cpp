// Records that are sealed or authenticated: whatever the bytes, reading ends or says that they are malformed.
#include "base/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::uint8_t order = data[0];
    try {
        sallyport::RecordReader reader({data + 1, size - 1}, "fuzz.1");
        for (int i = 0; i < 8; ++i) {
            if (((order >> i) & 1) != 0)
                static_cast<void>(reader.number());
            else if (i % 2 == 0)
                static_cast<void>(reader.text());
            else
                static_cast<void>(reader.bytes());
        }
        reader.end();
    } catch (const sallyport::RecordMalformed&) {
    }
    return 0;
}
