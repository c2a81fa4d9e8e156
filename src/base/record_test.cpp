#include "base/record.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

Bytes sample()
{
    return RecordWriter("sample.1").number(-5).text("words").bytes(Bytes{1, 2}).flag(true).take();
}

TEST(Record, ReadsBackInOrder)
{
    const Bytes record = sample();
    RecordReader reader(record, "sample.1");
    EXPECT_EQ(reader.number(), -5);
    EXPECT_EQ(reader.text(), "words");
    EXPECT_EQ(reader.bytes(), (Bytes{1, 2}));
    EXPECT_TRUE(reader.flag());
    EXPECT_NO_THROW(reader.end());
}

TEST(Record, RefusesAnotherShapeAnotherTypeAndEveryCut)
{
    const Bytes record = sample();
    EXPECT_THROW(RecordReader(record, "sample.2"), RecordMalformed);
    RecordReader wrong_type(record, "sample.1");
    EXPECT_THROW(wrong_type.text(), RecordMalformed);
    RecordReader unread(record, "sample.1");
    EXPECT_THROW(unread.end(), RecordMalformed);
    for (std::size_t size = 0; size < record.size(); ++size) {
        EXPECT_THROW(
            {
                RecordReader reader(BytesView(record).first(size), "sample.1");
                reader.number();
                reader.text();
                reader.bytes();
                reader.flag();
            },
            RecordMalformed)
            << size;
    }
}

}  // namespace
}  // namespace sallyport
