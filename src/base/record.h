#pragma once
// An unambiguous byte form for a few fields in a fixed order: what is sealed or authenticated. Not a wire
// format: both ends are this program, and the first field names the shape and its version.
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sallyport {

class RecordWriter {
public:
    explicit RecordWriter(std::string_view shape) { text(shape); }
    RecordWriter& number(std::int64_t value);
    RecordWriter& text(std::string_view value);
    RecordWriter& bytes(BytesView value);
    RecordWriter& time(Instant value) { return number(to_unix_ms(value)); }
    RecordWriter& flag(bool value) { return number(value ? 1 : 0); }
    /// The record; the writer is empty afterwards.
    Bytes take() { return std::move(m_out); }
    Secret take_secret() { return Secret(std::move(m_out)); }

private:
    void length(std::size_t size);
    Bytes m_out;
};

/// The record is not of the shape that the reader asks for: it was written by another version or is not ours.
class RecordMalformed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Reads in the order of writing; each call throws RecordMalformed where the next field is missing or of
/// another type.
class RecordReader {
public:
    RecordReader(BytesView record, std::string_view shape);
    std::int64_t number();
    std::string text();
    Bytes bytes();
    Secret secret() { return Secret(bytes()); }
    Instant time() { return from_unix_ms(number()); }
    bool flag() { return number() != 0; }
    /// Nothing may follow the last field.
    void end() const;

private:
    BytesView field(std::uint8_t type);
    BytesView m_left;
};

}  // namespace sallyport
