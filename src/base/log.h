#pragma once
// The log: one line an event, fields as key=value. Nothing here accepts a Secret; addresses of people are not
// logged.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sallyport::log {

enum class Level : std::uint8_t { debug, info, warning, error, alarm };

/// A named value. Text is quoted and control characters are escaped, so that no line can be forged.
struct Field {
    Field(std::string_view field_name, std::string_view field_value) : name(field_name), value(field_value) {}
    Field(std::string_view field_name, std::int64_t field_value)
        : name(field_name), value(std::to_string(field_value))
    {
    }
    std::string_view name;
    std::string value;
};

/// Where lines go. Set once at start (adapters/ installs one on spdlog); before that, lines are dropped.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void write(Level level, std::string_view line) = 0;
};
void install(Sink* sink) noexcept;

/// `alarm` is for what an operator must look at now: a row written behind the server's back, a broken anchor.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace sallyport::log
