#pragma once
#include "base/task.h"

#include <cstdint>
#include <string>

namespace sallyport::ports {

/// One short message to a phone, or a call that speaks one.
struct OutgoingText {
    std::string id;        // the same at every try, so that a service can drop a double
    std::string to;        // E.164, "+351912345678"
    std::string text;      // UTF-8; one segment, or what is spoken
    std::string language;  // BCP 47
    bool call = false;     // a call, which speaks `text` in `language`
};

enum class TextOutcome : std::uint8_t {
    accepted,  // the service has it
    refused,   // it said that it will never deliver this: trying again does not help
    try_again  // no connection, time-out, an error of the service, or an answer that says nothing
};
struct TextResult {
    TextOutcome outcome;
    std::string detail;  // status and error number for the operator: never the service's words, which may
                         // repeat number and text
};

class Texter {
public:
    virtual ~Texter() = default;
    virtual Task<TextResult> send(OutgoingText text) = 0;
};

}  // namespace sallyport::ports
