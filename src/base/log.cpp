#include "base/log.h"

#include <atomic>

namespace sallyport::log {

namespace {

std::atomic<Sink*> g_sink{nullptr};

void append_quoted(std::string& line, std::string_view value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    line += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            line += "\\x";
            line += digits[byte >> 4U];
            line += digits[byte & 15U];
        } else {
            if (c == '"' || c == '\\') line += '\\';
            line += c;
        }
    }
    line += '"';
}

}  // namespace

void install(Sink* sink) noexcept { g_sink.store(sink); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields)
{
    Sink* const sink = g_sink.load();
    if (sink == nullptr) return;
    std::string line(event);
    for (const Field& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        append_quoted(line, field.value);
    }
    sink->write(level, line);
}

}  // namespace sallyport::log
