#include "receiver/window/layoutpanel.h"

#include "common/base/quantitytext.h"
#include "common/image/imagelimits.h"

#include "receiver/window/stridebox.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace shmpix {

namespace {

constexpr int layoutRole = Qt::UserRole;

QSpinBox* makeNumber(QWidget* parent, const QString& name, int least, int most)
{
    auto* box = new QSpinBox(parent);
    box->setObjectName(name);
    box->setRange(least, most);
    box->setAccelerated(true);
    return box;
}

/// The array as a Python expression.
QString numpyText(const PixelLayout& layout)
{
    const NumpyArray array = numpyArray(layout);
    QStringList sides;
    for (const qint64 side : array.shape) {
        sides.append(QString::number(side));
    }
    return QStringLiteral("np.ndarray((%1), \"%2\", memory.buf)")
        .arg(sides.join(QStringLiteral(", ")), QString::fromLatin1(array.type));
}

} // namespace

LayoutPanel::LayoutPanel(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("layoutPanel"));
    setWindowTitle(tr("Interpret as plain pixels"));
    makeFields();
    layOut();
    setPixelLayout({640, 480, {ChannelOrder::Bgr, SampleType::UInt8}});
    for (QSpinBox* box : {m_width, m_height, static_cast<QSpinBox*>(m_stride), m_offset}) {
        connect(box, &QSpinBox::valueChanged, this, &LayoutPanel::chooseFields);
    }
    connect(m_format, &QComboBox::currentIndexChanged, this, &LayoutPanel::chooseFields);
    connect(m_direction, &QComboBox::currentIndexChanged, this, &LayoutPanel::chooseFields);
    connect(m_text, &QLineEdit::textEdited, this, &LayoutPanel::chooseText);
    connect(m_proposals, &QListWidget::itemClicked, this, [this](const QListWidgetItem* item) {
        if (auto layout = parseLayout(item->data(layoutRole).toString())) {
            setPixelLayout(*layout);
            Q_EMIT layoutChosen(*layout);
        }
    });
    connect(m_proposals, &QListWidget::itemActivated, m_proposals, &QListWidget::itemClicked);
}

void LayoutPanel::makeFields()
{
    const int mostSide = int(maximumSide);
    m_width = makeNumber(this, QStringLiteral("layoutWidth"), 1, mostSide);
    m_height = makeNumber(this, QStringLiteral("layoutHeight"), 1, mostSide);
    m_offset = makeNumber(this, QStringLiteral("layoutOffset"), 0, std::numeric_limits<int>::max());
    m_stride = new StrideBox(this);
    m_stride->setObjectName(QStringLiteral("layoutStride"));
    m_stride->setToolTip(tr("Bytes from the start of one row to the start of the next"));
    m_offset->setToolTip(tr("Bytes before the first row"));
    m_format = new QComboBox(this);
    m_format->setObjectName(QStringLiteral("layoutFormat"));
    for (const PixelFormat format : allPixelFormats()) {
        m_format->addItem(pixelFormatTitle(format), pixelFormatName(format));
    }
    m_direction = new QComboBox(this);
    m_direction->setObjectName(QStringLiteral("layoutDirection"));
    m_direction->addItem(tr("Top row first"));
    m_direction->addItem(tr("Bottom row first"));
    m_text = new QLineEdit(this);
    m_text->setObjectName(QStringLiteral("layoutText"));
    m_text->setToolTip(tr("The layout as text, for command lines and settings"));
    m_numpy = new QLabel(this);
    m_numpy->setObjectName(QStringLiteral("layoutNumpy"));
    m_numpy->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_numpy->setWordWrap(true);
    m_proposals = new QListWidget(this);
    m_proposals->setObjectName(QStringLiteral("layoutProposals"));
    m_proposals->setAccessibleName(tr("Proposals"));
    m_proposals->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_proposals->setWordWrap(true);
    m_proposals->setSpacing(2);
}

void LayoutPanel::layOut()
{
    auto* fields = new QFormLayout;
    fields->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    fields->addRow(tr("&Width"), m_width);
    fields->addRow(tr("&Height"), m_height);
    fields->addRow(tr("Pi&xels"), m_format);
    fields->addRow(tr("Str&ide"), m_stride);
    fields->addRow(tr("&Offset"), m_offset);
    fields->addRow(tr("&Rows"), m_direction);
    fields->addRow(tr("As &text"), m_text);
    fields->addRow(tr("NumPy"), m_numpy);
    auto* title = new QLabel(tr("&Proposals"), this);
    title->setBuddy(m_proposals);
    auto* guess = new QPushButton(tr("&Guess"), this);
    guess->setObjectName(QStringLiteral("guessButton"));
    guess->setToolTip(tr("Propose layouts that match the bytes under the key"));
    guess->setAutoDefault(false);
    connect(guess, &QPushButton::clicked, this, &LayoutPanel::proposalsWanted);
    auto* heading = new QHBoxLayout;
    heading->addWidget(title, 1);
    heading->addWidget(guess);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(fields);
    layout->addLayout(heading);
    layout->addWidget(m_proposals, 1);
    setMinimumWidth(fontMetrics().averageCharWidth() * 33);
}

PixelLayout LayoutPanel::layout() const
{
    PixelLayout layout;
    layout.width = m_width->value();
    layout.height = m_height->value();
    const auto all = allPixelFormats();
    layout.format = all[static_cast<std::size_t>(std::max(0, m_format->currentIndex()))];
    layout.stride = m_stride->value();
    layout.offset = m_offset->value();
    layout.bottomUp = m_direction->currentIndex() == 1;
    return layout;
}

void LayoutPanel::setPixelLayout(const PixelLayout& layout)
{
    {
        const QScopedValueRollback filling(m_filling, true);
        const auto number = [](qint64 value) {
            return int(
                std::clamp<qint64>(value, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
        };
        m_width->setValue(number(layout.width));
        m_height->setValue(number(layout.height));
        m_format->setCurrentIndex(m_format->findData(pixelFormatName(layout.format)));
        m_stride->setValue(number(layout.stride));
        m_offset->setValue(number(layout.offset));
        m_direction->setCurrentIndex(layout.bottomUp ? 1 : 0);
    }
    showDerived();
    m_text->setText(layoutText(this->layout()));
}

void LayoutPanel::chooseFields()
{
    if (m_filling) {
        return;
    }
    showDerived();
    m_text->setText(layoutText(layout()));
    Q_EMIT layoutChosen(layout());
}

/// Does not disturb the text that is being typed when the fields change because of it.
void LayoutPanel::chooseText()
{
    const auto typed = parseLayout(m_text->text());
    if (!typed) {
        return;
    }
    const QString text = m_text->text();
    const int cursor = m_text->cursorPosition();
    setPixelLayout(*typed);
    m_text->setText(text);
    m_text->setCursorPosition(cursor);
    Q_EMIT layoutChosen(layout());
}

void LayoutPanel::showDerived()
{
    const PixelLayout shown = layout();
    m_stride->setTightBytes(rowBytes(shown.format, shown.width));
    m_numpy->setText(numpyText(shown));
}

void LayoutPanel::setProposals(const std::vector<LayoutGuess>& guesses,
                               const std::vector<PixelLayout>& before)
{
    m_proposals->clear();
    for (const PixelLayout& layout : before) {
        addProposal(layout, tr("Used before with this key."));
    }
    for (const LayoutGuess& guess : guesses) {
        if (std::find(before.begin(), before.end(), guess.layout) == before.end()) {
            addProposal(guess.layout, guess.reason);
        }
    }
}

void LayoutPanel::addProposal(const PixelLayout& layout, const QString& reason)
{
    const QString title = QStringLiteral("%1  %2").arg(sizeText(QSize(int(layout.width), int(layout.height))),
                                                       pixelFormatTitle(layout.format));
    auto* item = new QListWidgetItem(QStringLiteral("%1\n%2").arg(title, reason), m_proposals);
    item->setData(layoutRole, layoutText(layout));
    item->setToolTip(QStringLiteral("%1\n%2").arg(layoutText(layout), reason));
}

} // namespace shmpix
