"""Floor 8: conduct in the browser. It holds ratings and kit ids and cannot know an arm."""
