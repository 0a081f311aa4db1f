#include "polytask/data/file_kind.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

class FileKinds : public ::testing::Test {
 protected:
  RecognizedFile of(const std::string& name, std::string_view content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return recognize_file(folder_ / name);
  }

  test::TemporaryFolder folder_;
};

TEST_F(FileKinds, ContentDecidesNotTheName) {
  EXPECT_EQ(of("a.yaml", "\x89HDF\r\n\x1a\n..."sv).kind, FileKind::hdf5);
  EXPECT_EQ(of("a.csv", "\x89PNG\r\n\x1a\n..."sv).kind, FileKind::png);
  EXPECT_EQ(of("a.h5", "\xff\xd8\xff\xe0"sv).kind, FileKind::jpeg);
  EXPECT_EQ(of("a.jpg", "\x10\0\0\0\0\0\0\0{\"a\":1}       "sv).kind,
            FileKind::model);
}

// The library itself looks for it at 0, 512, 1024, 2048 ...
TEST_F(FileKinds, Hdf5IsFoundBehindAnythingInItsUserBlock) {
  for (const std::size_t at : {512u, 1024u, 8192u, 1u << 20}) {
    for (const std::string_view before :
         {""sv, "MATLAB 7.3 MAT-file"sv, "\x89PNG\r\n\x1a\n"sv,
          "\xff\xd8\xff"sv, "\x93NUMPY"sv, "data: {}\n"sv}) {
      std::string content(before);
      content.resize(at, '\0');
      content += "\x89HDF\r\n\x1a\n"sv;
      EXPECT_EQ(of("a.h5", content).kind, FileKind::hdf5) << at << before;
    }
  }
}

TEST_F(FileKinds, SignatureAtAnotherPlaceIsNoHdf5) {
  std::string content(1536, 'a');
  content += "\x89HDF\r\n\x1a\n"sv;
  EXPECT_EQ(of("a", content).kind, FileKind::other);
}

TEST_F(FileKinds, MatlabIsNamed) {
  std::string content = "MATLAB 7.3 MAT-file, Platform: GLNXA64";
  content.resize(512, ' ');
  EXPECT_EQ(of("a.mat", content + "\x89HDF\r\n\x1a\n").words,
            "a MATLAB file (HDF5)");
  const RecognizedFile old = of("b.mat", "MATLAB 5.0 MAT-file, Platform");
  EXPECT_EQ(old.words, "a MATLAB file older than version 7.3");
  EXPECT_EQ(old.advice, "save it in MATLAB with save(\"data.mat\", \"-v7.3\")");
}

TEST_F(FileKinds, TextIsTakenByItsFirstLine) {
  EXPECT_EQ(of("a", "# mine\n\ndata:\n  path: x.h5\n").kind, FileKind::recipe);
  EXPECT_EQ(of("a", "data: {path: x.h5}\r\n").kind, FileKind::recipe);
  EXPECT_EQ(of("a", "\xef\xbb\xbfname,sea\n").kind, FileKind::table);
  EXPECT_EQ(of("a", "name\tsea\n").kind, FileKind::table);
  EXPECT_EQ(of("a", "hello world\n").kind, FileKind::text);
  EXPECT_EQ(of("a", "{\"a\": 1}").words, "a JSON file");
}

TEST_F(FileKinds, NameDecidesWhereNoSignatureDoes) {
  EXPECT_EQ(of("a.YAML", "hello world\n").kind, FileKind::recipe);
  EXPECT_EQ(of("a.yml", "").kind, FileKind::recipe);
  EXPECT_EQ(of("a.csv", "name\n1.png\n").kind, FileKind::table);
  EXPECT_EQ(of("a.safetensors", "\0\0\0\0\0\0\0\0"sv).kind, FileKind::model);
}

TEST_F(FileKinds, TextOfManyPagesMayBeCutWithinACharacter) {
  std::string text(4095, 'a');
  EXPECT_EQ(of("a", text + "\xc3\xa9").kind, FileKind::text);
}

TEST_F(FileKinds, OthersAreCalledByTheirNames) {
  const auto words = [&](std::string_view content) {
    return of("a", content).words;
  };
  EXPECT_EQ(words(""), "an empty file");
  EXPECT_EQ(words("\0\0\0\0\0"sv), "zeros");
  EXPECT_EQ(words("\x01\xab"), "a file that starts with the bytes 01 ab");
  EXPECT_EQ(words("\x93NUMPY\x01"), "a NumPy file");
  EXPECT_EQ(words("\x80\x04\x95\x10"), "a pickle of Python");
  EXPECT_EQ(words("PK\x03\x04"), "a ZIP archive");
  const std::string before = "PK\x03\x04" + std::string(22, '\0');
  EXPECT_EQ(words(before + "\x05\0\0\0x.npy"s), "a NumPy archive (.npz)");
  EXPECT_EQ(words(before + "\x10\0\0\0archive/data.pkl"s), "a PyTorch file");
  EXPECT_EQ(words("II*\0"sv), "a TIFF image");
  EXPECT_EQ(words("RIFF\x10\0\0\0WEBPVP8 "sv), "a WebP image");
  EXPECT_EQ(words("\0\0\0\x18"
                  "ftypheic"sv),
            "a HEIC image");
  EXPECT_EQ(words("BM\x36\x10\x0e\0\0\0\0\0\x36\0\0\0"sv), "a BMP image");
  EXPECT_EQ(words("GIF89a"), "a GIF image");
  EXPECT_EQ(words("\xff\xfe"
                  "a\0"sv),
            "text in UTF-16");
}

TEST_F(FileKinds, FolderIsOne) {
  EXPECT_EQ(recognize_file(folder_ / "").kind, FileKind::folder);
}

TEST_F(FileKinds, PipeIsNotWaitedFor) {
  const std::filesystem::path pipe = folder_ / "pipe.yaml";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  test::expect_error(Fault::io,
                     pipe.string() +
                         ": expected a file, found a device or "
                         "pipe; give the path of a file",
                     [&] { (void)recognize_file(pipe); });
}

TEST_F(FileKinds, WhatCannotBeOpenedIsSaid) {
  test::expect_error(Fault::io,
                     "no/such: expected a file, found nothing; "
                     "check the path",
                     [] { (void)recognize_file("no/such"); });
  test::expect_error_parts(
      Fault::io, {": cannot be read: File name too long"},
      [] { (void)recognize_file(std::string(5000, 'a')); });
}

TEST_F(FileKinds, WrongKindSaysWhatToDo) {
  EXPECT_STREQ(wrong_kind("x.gif", "a model", of("x.gif", "GIF89a")).what(),
               "x.gif: expected a model, found a GIF image; convert it to JPEG "
               "or PNG");
}

}  // namespace
}  // namespace polytask
