<?php
echo strlen('hello');
