#pragma once

#include "common/base/commandline.h"
#include "common/image/pixellayout.h"
#include "common/protocol/protocolid.h"
#include "common/segment/accessrights.h"

#include <QString>

#include <optional>

namespace shmpix {

/// The command-line options of both programs. Arguments are checked; addresses and files are not yet touched.
struct CommonOptions
{
    QString key;                        ///< empty: the default
    std::optional<ProtocolId> protocol; ///< nothing: the sender's default; the receiver detects it
    std::optional<PixelLayout> layout;  ///< of plain pixels
    AccessRights access;                ///< of what the program makes
    bool headless = false;
    bool json = false;
    std::optional<QString> doctor; ///< the key to explain, and nothing else to do
    QString printAndLeave;         ///< the text of --help or --version
};

/// What --help says of the options that name a picture: the two programs do different things with them.
struct PictureOptionTexts
{
    QString key;
    QString protocol;
    QString layout;
};

/// Declares --key, --protocol and --layout.
void addPictureOptions(CommandLine& line, const PictureOptionTexts& texts);

/// Declares --mode and --group; each text says of what.
void addAccessOptions(CommandLine& line, const QString& mode, const QString& group);

/// Takes --mode and --group. Fails with Usage.
[[nodiscard]] Result<void> takeAccess(const CommandLine& line, CommonOptions& options);

/// Declares --json and --doctor.
void addReportOptions(CommandLine& line, const QString& json);

/// Takes what cannot be wrong: key, headless, json and the text to print. The rest is worth reading only
/// where there is no such text.
void takeCommonWords(const CommandLine& line, CommonOptions& options);

/// Whether "auto" is a protocol, which leaves it open.
enum class AutoProtocol { No, Yes };

/// Takes --doctor and --protocol, and judges --key. Fails with Usage.
[[nodiscard]] Result<void> takePictureOptions(const CommandLine& line, AutoProtocol autoProtocol,
                                              CommonOptions& options);

/// Takes --layout, after the protocol, with the function that reads it. It says by itself that the pixels are
/// plain; whether it goes with a protocol that was named, the program judges. Fails with Usage.
[[nodiscard]] Result<void> takeLayout(const CommandLine& line,
                                      Result<PixelLayout> (*parse)(const QString& text),
                                      CommonOptions& options);

} // namespace shmpix
