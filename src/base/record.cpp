#include "base/record.h"

namespace sallyport {

namespace {
constexpr std::uint8_t number_type = 'n';
constexpr std::uint8_t text_type = 't';
constexpr std::uint8_t bytes_type = 'b';
constexpr std::size_t number_size = 8;
constexpr std::size_t length_size = 4;
}  // namespace

void RecordWriter::length(std::size_t size)
{
    CHECK(size <= UINT32_MAX);
    for (unsigned shift = 32; shift > 0; shift -= 8)
        m_out.push_back(static_cast<std::uint8_t>(size >> (shift - 8)));
}

RecordWriter& RecordWriter::number(std::int64_t value)
{
    m_out.push_back(number_type);
    const auto bits = static_cast<std::uint64_t>(value);
    for (unsigned shift = 64; shift > 0; shift -= 8)
        m_out.push_back(static_cast<std::uint8_t>(bits >> (shift - 8)));
    return *this;
}

RecordWriter& RecordWriter::text(std::string_view value)
{
    m_out.push_back(text_type);
    length(value.size());
    const BytesView view = as_bytes(value);
    m_out.insert(m_out.end(), view.begin(), view.end());
    return *this;
}

RecordWriter& RecordWriter::bytes(BytesView value)
{
    m_out.push_back(bytes_type);
    length(value.size());
    m_out.insert(m_out.end(), value.begin(), value.end());
    return *this;
}

RecordReader::RecordReader(BytesView record, std::string_view shape) : m_left(record)
{
    if (text() != shape) throw RecordMalformed("record of another shape");
}

BytesView RecordReader::field(std::uint8_t type)
{
    if (m_left.empty() || m_left[0] != type) throw RecordMalformed("record field of another type");
    m_left = m_left.subspan(1);
    std::size_t size = number_size;
    if (type != number_type) {
        if (m_left.size() < length_size) throw RecordMalformed("record cut short");
        size = 0;
        for (std::size_t i = 0; i < length_size; ++i) size = (size << 8U) | m_left[i];
        m_left = m_left.subspan(length_size);
    }
    if (m_left.size() < size) throw RecordMalformed("record cut short");
    const BytesView value = m_left.first(size);
    m_left = m_left.subspan(size);
    return value;
}

std::int64_t RecordReader::number()
{
    std::uint64_t bits = 0;
    for (const std::uint8_t byte : field(number_type)) bits = (bits << 8U) | byte;
    return static_cast<std::int64_t>(bits);
}

std::string RecordReader::text() { return std::string(as_text(field(text_type))); }

Bytes RecordReader::bytes()
{
    const BytesView value = field(bytes_type);
    return {value.begin(), value.end()};
}

void RecordReader::end() const
{
    if (!m_left.empty()) throw RecordMalformed("record with fields left over");
}

}  // namespace sallyport
