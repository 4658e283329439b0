#pragma once

#include "common/app/commandline.h"
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
    AccessRights access;                ///< for what the program creates
    bool headless = false;
    bool json = false;
    std::optional<QString> doctor; ///< the key to explain, and nothing else to do
    QString printAndLeave;         ///< the text of --help or --version
};

/// The help texts of the options that name a picture: the two programs use them differently.
struct PictureOptionTexts
{
    QString key;
    QString protocol;
    QString layout;
};

/// Declares --key, --protocol and --layout.
void addPictureOptions(CommandLine& line, const PictureOptionTexts& texts);

/// Declares --mode and --group; each text names what they apply to.
void addAccessOptions(CommandLine& line, const QString& mode, const QString& group);

/// Takes --mode and --group. Fails with Usage.
[[nodiscard]] Result<void> takeAccess(const CommandLine& line, CommonOptions& options);

/// Declares --json and --doctor.
void addReportOptions(CommandLine& line, const QString& json);

/// Takes the options that cannot be wrong: key, headless, json and the text to print. The other options
/// matter only if there is no text to print.
void takeCommonWords(const CommandLine& line, CommonOptions& options);

/// Whether "auto" is accepted as a protocol. It leaves the protocol open.
enum class AutoProtocol { No, Yes };

/// Takes --doctor and --protocol, and checks --key. Fails with Usage.
[[nodiscard]] Result<void> takePictureOptions(const CommandLine& line, AutoProtocol autoProtocol,
                                              CommonOptions& options);

/// Takes --layout, after the protocol, with the function that parses it. A layout alone implies plain pixels;
/// the program checks whether it matches a named protocol. Fails with Usage.
[[nodiscard]] Result<void> takeLayout(const CommandLine& line,
                                      Result<PixelLayout> (*parse)(const QString& text),
                                      CommonOptions& options);

} // namespace shmpix
