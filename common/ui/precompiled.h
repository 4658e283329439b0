// Like common/base/precompiled.h, for the layers with windows.
#pragma once

#include "common/base/precompiled.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>
