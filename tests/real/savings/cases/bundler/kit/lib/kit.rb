def sample = File.size(File.join(__dir__, "sample.bin"))
